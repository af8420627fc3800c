"""Puts one station on air: makes the parts, connects them, takes commands."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from streaming.playout.changes import Change
from streaming.playout.clockwork import Clockwork
from streaming.playout.horizon import Horizon
from streaming.playout.outputs.fleet import Fleet
from streaming.playout.picture import Shape
from streaming.playout.reporter import Event, Reporter
from streaming.playout.screen import Aired, Screen
from streaming.playout.seams import Seamer
from streaming.playout.sound import SoundBuffer, SoundEncoder
from streaming.playout.sources.base import Source
from streaming.playout.sources.playlist import PlaylistSource
from streaming.playout.sources.radio import RadioSource
from streaming.playout.spec import (
    Cue,
    Entry,
    OutputSpec,
    PictureSpec,
    PlaylistSpec,
    RadioSpec,
    SilenceSpec,
    SourceSpec,
    Spec,
    TransitionSpec,
)
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
        self._fleet = Fleet(self._output_changed)
        self._source: Source | None = None
        self._source_spec: SourceSpec = SilenceSpec()
        self._sound = SoundBuffer(spec.sample_rate, time.monotonic)
        self._horizon = Horizon(self._sound, spec.sample_rate)
        self._encoder = SoundEncoder(spec.sample_rate, spec.channels, spec.audio_bitrate)
        self._screen = Screen(
            Shape(spec.width, spec.height, spec.frame_rate, None),
            spec.fallback or spec.picture,
            self._aired,
            lambda sentence: self._complain("warning", "picture", sentence),
            _seamer(spec),
        )
        self._screen.use_transition(spec.transition)
        self._clockwork = Clockwork(
            self._horizon,
            self._encoder,
            self._screen,
            spec.frame_rate,
            spec.sample_rate,
            self._fleet.deliver,
        )

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
        self.set_outputs(spec.outputs)
        self.set_source(spec.source)
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

    def set_source(self, spec: SourceSpec) -> None:
        """Change the sound; a playlist's new entries follow the track that plays."""
        with self._commands:
            if spec == self._source_spec and self._source is not None:
                return
            self._source_spec = spec
            if isinstance(spec, PlaylistSpec) and isinstance(self._source, PlaylistSource):
                self._source.replace(spec)
                return
            if self._source is not None:
                self._source.stop()
            self._source = self._make_source(spec)
            if self._source is not None:
                self._source.start()

    def set_outputs(self, specs: Sequence[OutputSpec]) -> None:
        """Start what is new, stop what is gone, leave the rest alone."""
        with self._commands:
            self._fleet.want(specs)

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
            "source": {"up": self._source.up if self._source else False},
            "outputs": self._fleet.ids,
        }

    def statistics(self) -> dict[str, Any]:
        """Return the ``statistics`` event's fields."""
        source, cue = self._source, self._screen.cue
        return {
            "frame": self._screen.frame,
            "seconds": round(self._clockwork.seconds, 3),
            "uptime": round(time.monotonic() - self._started, 3),
            "picture": self._screen.picture_id,
            "cue": cue.id if cue else None,
            "horizon_ms": self._horizon.milliseconds,
            "seams": dict(self._screen.seams),
            "source": {
                "up": source.up if source else False,
                "buffer_ms": self._sound.milliseconds,
                "delay_ms": self._sound.milliseconds + self._horizon.milliseconds,
                "silent": self._sound.silent,
                "error": source.error if source else "",
                "reconnects": source.reconnects if source else 0,
            },
            "outputs": self._fleet.statistics(),
        }

    def _make_source(self, spec: SourceSpec) -> Source | None:
        output = (self.spec.sample_rate, self.spec.channels)
        if isinstance(spec, RadioSpec):
            return RadioSource(spec, self._sound, self._source_changed, self._titled, output)
        if isinstance(spec, PlaylistSpec):
            return PlaylistSource(spec, self._sound, self._source_changed, self._moved, output)
        return None

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

    def _titled(self, title: str, at: SampleIndex) -> None:
        if title:
            media = at / self.spec.sample_rate
            ahead = media - self._clockwork.seconds
            self._reporter.fact("title", text=title, media=round(media, 3), heard_at=time.time() + ahead)

    def _aired(self, aired: Aired) -> None:
        change = aired.change
        self._remember(change.cue)
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

    def _source_changed(self, up: bool, error: str) -> None:  # noqa: FBT001 - a callback's state
        self._reporter.event("source", up=up, error=error)
        if not up:
            self._complain("warning", "source", error)

    def _output_changed(self, identity: str, up: bool, error: str) -> None:  # noqa: FBT001 - a callback's state
        self._reporter.event("output", id=identity, up=up, error=error)
        if not up:
            self._complain("error", f"output:{identity}", error)

    def _complain(self, severity: str, about: str, message: str) -> None:
        log.warning("%s: %s", about, message)
        self._reporter.fact("error", severity=severity, about=about, message=message)

    def _close(self) -> None:
        if self._source is not None:
            self._source.stop()
        self._fleet.close(OUTPUT_GOODBYE)
        self._screen.close()


def _seamer(spec: Spec) -> Seamer | None:
    if spec.coding is None:
        return None
    return Seamer(spec.folder, spec.coding, (spec.width, spec.height), spec.frame_rate)
