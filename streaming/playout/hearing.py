"""What is heard: sources for the mixer's lanes, and what happens to the sound, told to whoever listens to the run."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from streaming.playout.lane_choice import LaneKind
from streaming.playout.mixer import Mixer
from streaming.playout.sources.playlist import PlaylistSource
from streaming.playout.sources.radio import RadioSource
from streaming.playout.spec import Entry, PlaylistSpec, RadioSpec
from streaming.playout.units import SampleIndex

if TYPE_CHECKING:
    from streaming.playout.lane_table import Step
    from streaming.playout.lanes import Lane
    from streaming.playout.reporter import Reporter
    from streaming.playout.sound import SoundBuffer
    from streaming.playout.sources.base import Source
    from streaming.playout.spec import Spec

log = logging.getLogger(__name__)
Moved = Callable[[Entry, SampleIndex | None], None]


class Hearing:
    """Owns the mixer. What the mixer tells becomes facts and events."""

    def __init__(
        self,
        spec: Spec,
        reporter: Reporter,
        seconds: Callable[[], float],
        moved: Moved,
        resumed: Callable[[SampleIndex], None],
        titled: Callable[[float], None],
    ) -> None:
        """``seconds`` is the media time that goes out now.

        ``moved`` gets a playlist's steps, ``resumed`` where sound without a playlist of its own follows one,
        ``titled`` the media time at which a title begins.
        """
        self._spec = spec
        self._reporter = reporter
        self._seconds = seconds
        self._moved = moved
        self._resumed = resumed
        self._titled = titled
        self.mixer = Mixer(spec.sample_rate, spec.channels, self._make, self)
        self.mixer.set_sound(spec.sound)
        self.mixer.set_main(spec.source)

    def statistics(self, horizon_ms: int) -> dict[str, Any]:
        """Return the sound's part of the statistics."""
        mixer, main = self.mixer, self.mixer.main
        return {
            "source": {
                "up": main.up,
                "buffer_ms": mixer.milliseconds,
                "delay_ms": mixer.milliseconds + horizon_ms,
                "silent": mixer.silent,
                "passed": mixer.passing,
                "error": main.error,
                "reconnects": main.source.reconnects if main.source else 0,
            },
            "lane": mixer.lane(),
            "loudness": mixer.loudness(),
        }

    # What the mixer tells.

    def heard_titled(self, text: str, at: SampleIndex) -> None:
        """Tell a title, with the instant at which it will be heard."""
        self._titled(at / self._spec.sample_rate)
        grain = {} if self.mixer.grain is None else {"grain": round(self.mixer.grain, 3)}
        self._reporter.fact("title", text=text, **self._instant(at), **grain)

    def heard_moved(self, entry: Entry, at: SampleIndex | None) -> None:
        """Hand on."""
        self._moved(entry, at)

    def stepped(self, step: Step) -> None:
        """Tell where the sound comes from now, and why."""
        lane = step.lane
        log.warning("sound: %s (%s)", step.reason, lane.called)
        self._reporter.fact(
            "sound",
            lane=lane.kind.value,
            id=lane.id,
            name=lane.name,
            reason=step.reason,
            **self._instant(step.at),
        )
        stood_in = isinstance(step.before.spec, PlaylistSpec) and not isinstance(lane.spec, PlaylistSpec)
        if stood_in and lane.kind is not LaneKind.SILENCE:
            self._resumed(step.at)

    def source_changed(self, up: bool, error: str) -> None:  # noqa: FBT001 - a callback's state
        """Tell how the main source is."""
        self._reporter.event("source", up=up, error=error)
        if not up:
            self.sound_warning(error)

    def sound_warning(self, sentence: str) -> None:
        """Report it."""
        log.warning("source: %s", sentence)
        self._reporter.fact("error", severity="warning", about="source", message=sentence)

    def _instant(self, at: SampleIndex) -> dict[str, float]:
        """Return when a sample goes out: in media time and on the wall clock."""
        media = at / self._spec.sample_rate
        return {"media": round(media, 3), "heard_at": time.time() + media - self._seconds()}

    def _make(self, lane: Lane, buffer: SoundBuffer) -> Source | None:
        """Make the source of a lane; None for silence."""
        spec, output, mixer = lane.beginning, (self._spec.sample_rate, self._spec.channels), self.mixer

        def changed(up: bool, error: str) -> None:  # noqa: FBT001 - a callback's state
            mixer.lane_changed(lane, up, error)

        if isinstance(spec, RadioSpec):
            titled = partial(mixer.lane_titled, lane)
            return RadioSource(spec, buffer, changed, titled, output, lambda: mixer.passes)
        if isinstance(spec, PlaylistSpec):
            return PlaylistSource(spec, buffer, changed, lambda entry, at: mixer.lane_moved(lane, entry, at), output)
        return None
