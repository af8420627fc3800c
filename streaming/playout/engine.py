"""Puts one station on air: makes the parts, connects them, takes commands."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from streaming.playout.changes import Change
from streaming.playout.clockwork import Clockwork
from streaming.playout.hearing import Hearing
from streaming.playout.horizon import Horizon
from streaming.playout.livefeed_look import Look, standing_order
from streaming.playout.outputs.base import Standing, State
from streaming.playout.outputs.fleet import Fleet
from streaming.playout.picture import Shape
from streaming.playout.reporter import Event, Reporter
from streaming.playout.screen import Aired
from streaming.playout.seams import Seamer
from streaming.playout.sound_coding import SoundEncoder
from streaming.playout.spec import (
    LOOP,
    Cue,
    Entry,
    LookSpec,
    OutputSpec,
    PictureSpec,
    SoundSpec,
    SourceSpec,
    Spec,
    TakeoverSpec,
    TransitionSpec,
)
from streaming.playout.takeover_screen import GuestScreen
from streaming.playout.takeovers import Takeovers
from streaming.playout.units import FrameIndex, SampleIndex, StreamFormat

log = logging.getLogger(__name__)
CUES_REMEMBERED = 64
OUTPUT_GOODBYE = 2.0


class Engine:
    """One run. :meth:`run` blocks in the clock's thread; every other method may be called from any thread."""

    def __init__(self, spec: Spec, reporter: Reporter) -> None:
        """Prepare the parts; nothing moves yet."""
        self.spec = spec
        self.state = "starting"
        self._reporter = reporter
        self._started = time.monotonic()
        self._commands = threading.Lock()
        self._known: OrderedDict[str, None] = OrderedDict()
        self._near: dict[str, Change] = {}
        self._fleet = Fleet(self._output_changed, lambda fields: reporter.fact("recorded", **fields))
        self._last_shown: Change | None = None
        self._hearing = Hearing(
            spec, reporter, lambda: self._clockwork.seconds, self._moved, self._show_again, self._fleet.boundary
        )
        self._horizon = Horizon(self._hearing.mixer, spec.sample_rate)
        self._encoder = SoundEncoder(spec.sample_rate, spec.channels, spec.audio_bitrate)
        self._screen = self._make_screen()
        self._look = Look(self._screen, standing_order(spec), spec.sample_rate, self._complainer("error", "look"))
        self._takeovers = Takeovers(
            spec, self._screen, self._hearing.mixer, reporter.fact, self._complainer("warning", "takeover")
        )
        self._horizon.taps += [self._look.heard, self._takeovers.settled]
        self._clockwork = Clockwork(
            self._horizon,
            self._encoder,
            self._screen,
            spec.frame_rate,
            spec.sample_rate,
            self._fleet.deliver,
        )

    def _make_screen(self) -> GuestScreen:
        spec = self.spec
        screen = GuestScreen(
            Shape(spec.width, spec.height, spec.frame_rate, None),
            spec.fallback or spec.picture,
            self._aired,
            self._complainer("warning", "picture"),
            _seamer(spec),
        )
        screen.use_transition(spec.transition)
        return screen

    def run(self) -> None:
        """Go on air and stay there until :meth:`stop`.

        Raises:
            PictureError: there is nothing to show.

        """
        spec = self.spec
        self._reporter.event("state", state="starting")
        video_config = self._screen.begin(spec.picture, spec.cue or Cue(None), time.monotonic())
        self._fleet.format = StreamFormat(
            spec.width, spec.height, spec.frame_rate, video_config,
            spec.sample_rate, spec.channels, spec.audio_bitrate, self._encoder.config,
        )  # fmt: skip
        self.set_lease(spec.lease)
        self.set_outputs(spec.outputs)
        self.set_look(spec.look)
        self.state = "on_air"
        self._reporter.event("state", state="on_air")
        try:
            self._clockwork.run()
        finally:
            self._close()

    def stop(self) -> None:
        """End cleanly."""
        self.state = "stopping"
        self._reporter.event("state", state="stopping")
        self._clockwork.stop()

    def show(self, cue: Cue, picture: PictureSpec, at: float | None = None) -> None:
        """Show a picture from media time ``at`` (seconds) on, or as soon as possible; what aired already stays."""
        with self._commands:
            if cue.id is not None and cue.id in self._known:
                return
        self._screen.request(Change(picture, cue, time.monotonic(), "show", self._frame_at(at)))

    def prepare(self, picture: PictureSpec) -> None:
        """Expect that this picture will be asked for."""
        log.debug("expecting %s", picture.id)
        self._screen.expect()

    def set_transition(self, transition: TransitionSpec) -> None:
        """Make changes like this from now on."""
        self._screen.use_transition(transition)

    def set_look(self, look: LookSpec) -> None:
        """Have this on the picture besides the loop from now on."""
        self._hearing.mixer.set_watched(look != LOOP)
        self._look.want(look)

    def set_source(self, spec: SourceSpec) -> None:
        """Change the main source of sound; a playlist's new entries follow the track that plays."""
        self._hearing.mixer.set_main(spec)

    def set_sound(self, spec: SoundSpec) -> None:
        """Change what happens when the main source is lost, and how loud it all is."""
        self._hearing.mixer.set_sound(spec)

    def set_takeover(self, takeover: TakeoverSpec | None) -> None:
        """Have this presenter on air as soon as the stream is there; None: no more."""
        self._takeovers.want(takeover)

    def set_outputs(self, specs: Sequence[OutputSpec]) -> None:
        """Start what is new, stop what is gone, leave the rest alone."""
        with self._commands:
            self._fleet.want(specs)

    def set_lease(self, until: float | None) -> None:
        """Let outputs send until then, in seconds of the lease's clock; None: for ever."""
        with self._commands:
            self._fleet.lease(until)

    def renew(self, output: str) -> None:
        """Renew an output's connection soon.

        Raises:
            SpecError: there is none of this id that can be renewed.

        """
        with self._commands:
            self._fleet.renew(output)

    def greeting(self) -> Event:
        """Return the ``hello`` event."""
        cue = self._screen.cue
        return {
            "event": "hello",
            "at": time.time(),
            "station": self.spec.station,
            "run": self.spec.run,
            "state": self.state,
            "picture": self._screen.picture_id,
            "cue": cue.as_json() if cue else None,
            "sequence": self._reporter.sequence,
            "source": {"up": self._hearing.mixer.main.up},
            "takeover": self._takeovers.current,
            "outputs": self._fleet.ids,
        }

    def statistics(self) -> dict[str, Any]:
        """Return the ``statistics`` event's fields."""
        cue, ahead_ms = self._screen.cue, self._clockwork.ahead_ms
        return {
            "frame": self._screen.frame,
            "seconds": round(self._clockwork.seconds, 3),
            "uptime": round(time.monotonic() - self._started, 3),
            "picture": self._screen.picture_id,
            "cue": cue.id if cue else None,
            "horizon_ms": ahead_ms,
            "seams": dict(self._screen.seams),
            "look": self._look.now,
            "takeover": self._takeovers.current,
            **self._hearing.statistics(ahead_ms),
            "outputs": self._fleet.statistics(),
        }

    def _moved(self, entry: Entry, at: SampleIndex | None) -> None:
        """Prepare a playlist track's picture when it is near; have it shown with the sound."""
        if at is None:
            change = Change(entry.picture, Cue(None, entry.track), time.monotonic(), "playlist")
            self._near[entry.id] = change
            self._screen.prepare(change)
            return
        change = self._near.pop(entry.id)
        change.asked_at = time.monotonic()
        change.due = self._frame_at(at / self.spec.sample_rate)
        self._screen.request(change)

    def _frame_at(self, seconds: float | None) -> FrameIndex | None:
        return None if seconds is None else FrameIndex(max(0, round(seconds * self.spec.frame_rate)))

    def _show_again(self, at: SampleIndex) -> None:
        """Show what was shown before a playlist stood in, now that its sound is back."""
        last = self._last_shown
        if last is not None:
            due = self._frame_at(at / self.spec.sample_rate)
            self._screen.request(Change(last.picture, last.cue, time.monotonic(), "show", due))

    def _aired(self, aired: Aired) -> None:
        change = aired.change
        self._remember(change.cue)
        self._fleet.boundary(aired.frame / self.spec.frame_rate)
        if change.origin == "show":
            self._last_shown = change
        if change.cue.id is None and not change.cue.track:
            return
        self._reporter.fact(
            "aired",
            cue=change.cue.as_json(),
            picture=self._screen.picture_id,
            frame=aired.frame,
            media=round(aired.frame / self.spec.frame_rate, 3),
            switch_ms=self._switch_ms(aired),
            seam=aired.seam,
            origin=change.origin,
        )

    def _remember(self, cue: Cue) -> None:
        with self._commands:
            if cue.id is not None:
                self._known[cue.id] = None
                while len(self._known) > CUES_REMEMBERED:
                    self._known.popitem(last=False)

    def _switch_ms(self, aired: Aired) -> int:
        """From when it was due to its first frame; without an instant, from the command."""
        if aired.change.due is not None:
            return max(0, (aired.frame - aired.change.due) * 1000 // self.spec.frame_rate)
        return round((time.monotonic() - aired.change.asked_at) * 1000)

    def _output_changed(self, now: Standing) -> None:
        self._reporter.event("output", id=now.id, up=now.up, error=now.error, state=now.state.value)
        if now.error:
            self._complain("warning" if now.state is State.HELD else "error", f"output:{now.id}", now.error)

    def _complainer(self, severity: str, about: str) -> Callable[[str], None]:
        return lambda sentence: self._complain(severity, about, sentence)

    def _complain(self, severity: str, about: str, message: str) -> None:
        log.warning("%s: %s", about, message)
        self._reporter.fact("error", severity=severity, about=about, message=message)

    def _close(self) -> None:
        self._hearing.mixer.close()
        self._look.close()
        self._takeovers.close()
        self._fleet.close(OUTPUT_GOODBYE)
        self._screen.close()


def _seamer(spec: Spec) -> Seamer | None:
    return None if spec.profile is None else Seamer(spec.folder, spec.profile)
