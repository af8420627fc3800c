"""The sound that is heard: the best lane there is, a short crossfade where that changes, loudness last of all."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import numpy as np

from streaming.playout.coded import Frame, Unpacker
from streaming.playout.crossfade import fades, summed
from streaming.playout.lane_table import Guest, LaneTable, Step
from streaming.playout.lanes import Lane, MakeSource
from streaming.playout.mastering import MOMENTARY_FRAMES, Master
from streaming.playout.spec.sources import SoundSpec
from streaming.playout.units import AUDIO_FRAME, SampleIndex

if TYPE_CHECKING:
    from streaming.playout.samples import Samples
    from streaming.playout.spec import Entry, NormaliseSpec, SourceSpec

UNSURE_FRAMES = 3 * MOMENTARY_FRAMES
"""Frames after a step in which loudness values belong to two lanes and say nothing."""


class Audience(Protocol):
    """Who is told what is heard. ``heard_moved`` with ``at`` None and ``source_changed`` come from other threads."""

    def heard_titled(self, text: str, at: SampleIndex) -> None:
        """The sound that is heard has this title from sample ``at`` on."""

    def heard_moved(self, entry: Entry, at: SampleIndex | None) -> None:
        """The playlist that is heard comes to an entry: soon (``at`` None), or at a sample."""

    def stepped(self, step: Step) -> None:
        """The sound goes over to another lane."""

    def source_changed(self, up: bool, error: str) -> None:  # noqa: FBT001 - a callback's state
        """The main source came up or went down."""

    def sound_warning(self, sentence: str) -> None:
        """Something about the sound is worth an operator's eye."""


class Mixer:
    """Sound for the horizon. :meth:`read` belongs to the clock's thread; commands may come from any."""

    def __init__(
        self,
        sample_rate: int,
        channels: int,
        make: MakeSource,
        audience: Audience,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """``make(lane, buffer)`` gives a lane's source, None where there is none."""
        self._rate = sample_rate
        self._audience = audience
        self._commands: deque[Callable[[], None]] = deque()
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._table = LaneTable(sample_rate, now, make, self._jobs.put)
        self._leaving: Lane | None = None
        self._fades = fades(sample_rate)
        self._faded = 0
        self._unpacker = Unpacker(sample_rate, channels)
        self._master = Master(sample_rate, channels)
        self._watched = False
        self._rule = False
        self._normalise: NormaliseSpec | None = None
        self._gains: deque[float] = deque([0.0], maxlen=MOMENTARY_FRAMES)
        self._since_step = 0
        self._entry: tuple[Lane, Entry] | None = None
        self._announced: set[str] = set()
        self.silent = True
        self._worker = threading.Thread(target=self._work, name="lanes", daemon=True)
        self._worker.start()

    # Commands, from any thread; carried out before the next frame.

    def set_main(self, spec: SourceSpec) -> None:
        """Change the main source; equal to the running one: nothing happens."""
        self._commands.append(lambda: self._table.set_main(spec))

    def set_sound(self, spec: SoundSpec) -> None:
        """Change backups, emergency playlist, silence rule and loudness; only the difference is touched."""

        def change() -> None:
            self._table.set_sound(spec)
            self._normalise = spec.normalise
            self._rule = spec.silence is not None
            self._master.set_limit(spec.normalise.peak_db if spec.normalise else None)

        self._commands.append(change)

    def set_watched(self, watched: bool) -> None:  # noqa: FBT001 - a switch
        """Say whether somebody draws what is heard, so that its samples are wanted."""
        self._commands.append(lambda: setattr(self, "_watched", watched))

    def set_takeover(self, guest: Guest | None) -> None:
        """Have a presenter heard as soon as their sound is there; None: no more."""
        self._commands.append(lambda: self._table.set_guest(guest))

    def close(self) -> None:
        """Let go of every source; nothing is read afterwards."""
        self._table.close()
        self._jobs.put(None)

    # What the clock reads.

    @property
    def surplus(self) -> float | None:
        """Seconds in hand above the target of the live sound that is heard, else None."""
        return None if self.silent else self._table.heard.surplus

    @property
    def milliseconds(self) -> int:
        """Sound in hand of what is heard."""
        return self._table.heard.milliseconds

    @property
    def main(self) -> Lane:
        """The main source's lane."""
        return self._table.main

    def lane(self) -> dict[str, str]:
        """Return which lane is heard."""
        lane = self._table.heard
        return {"lane": lane.kind.value, "id": lane.id, "name": lane.name}

    @property
    def passes(self) -> bool:
        """Whether coded sound may go out as it comes: nobody evens it out, listens for silence or draws it."""
        return self._normalise is None and not self._rule and not self._watched

    @property
    def passing(self) -> bool:
        """Whether what is settled goes out as it came."""
        return self._master.passing

    def loudness(self) -> dict[str, float | None]:
        """Return how loud what is settled is: LUFS, dBTP, dB; None while unknown: what passes on is not measured."""
        if self.passing:
            return {**dict.fromkeys(("momentary", "short_term", "integrated", "true_peak")), "gain_db": 0.0}
        meter = self._master.meter
        figures = {
            "momentary": meter.momentary,
            "short_term": meter.short_term,
            "integrated": meter.integrated,
            "true_peak": self._master.true_peak,
            "gain_db": self._gains[-1],
        }
        return {name: None if value is None else round(value, 2) for name, value in figures.items()}

    def read(self, at: SampleIndex) -> Frame | None:
        """Return the next frame, which goes out from ``at`` on; None is silence.

        Sound is taken a frame ahead of that: the limiter looks ahead, and an end is known before it is reached.
        """
        while self._commands:
            self._commands.popleft()()
        ahead = SampleIndex(at + AUDIO_FRAME)
        step = self._table.mind(ahead, self._leaving)
        if step is not None:
            self._begin(step)
        self._alarm()
        samples, frame = self._mixed(ahead)
        ready, values = self._master.push(samples, frame)
        self._level(values)
        self.silent = ready is None
        return ready

    # What lanes say.

    @property
    def grain(self) -> float | None:
        """Seconds of sound between two places where a title of the lane heard can stand, where that is known."""
        source = self._table.heard.source
        return source.grain if source is not None else None

    def lane_titled(self, lane: Lane, text: str, at: SampleIndex) -> None:
        """Pass a title on if its lane is heard; else keep it for when it is."""
        lane.title = text
        if lane is self._table.heard and text:
            lane.told = text
            self._audience.heard_titled(text, at)

    def lane_moved(self, lane: Lane, entry: Entry, at: SampleIndex | None) -> None:
        """Pass a playlist's step on if its lane is heard; else keep it for when it is."""
        heard = lane is self._table.heard
        if at is None:
            if heard:
                self._announce(entry)
            return
        lane.entry = entry
        if heard:
            if entry.id not in self._announced:
                self._announce(entry)
            self._announced.discard(entry.id)
            self._entry = (lane, entry)
            self._audience.heard_moved(entry, at)

    def lane_changed(self, lane: Lane, up: bool, error: str) -> None:  # noqa: FBT001 - a callback's state
        """Pass on how the main source is; name a backup that fails."""
        if lane is self._table.main:
            self._audience.source_changed(up, error)
        elif error and not lane.gone:
            self._audience.sound_warning(f"{lane.called}: {error}")

    def _announce(self, entry: Entry) -> None:
        self._announced.add(entry.id)
        self._audience.heard_moved(entry, None)

    # Within a frame.

    def _begin(self, step: Step) -> None:
        """Fade over to another lane; tell what it plays if that is not what was told last."""
        if self._leaving is not None:
            self._let_go(self._leaving)
        self._leaving, self._faded = step.before, 0
        self._since_step = 0
        if step.lane.leveller.fresh:
            step.lane.leveller.gain = step.before.leveller.gain
        self._audience.stepped(step)
        lane = step.lane
        if lane.entry is not None and self._entry != (lane, lane.entry):
            self.lane_moved(lane, lane.entry, step.at)
        elif lane.title and lane.told != lane.title:
            self.lane_titled(lane, lane.title, step.at)

    def _mixed(self, at: SampleIndex) -> tuple[Samples | None, Frame | None]:
        """Return the frame's samples, and the frame that holds just these if nothing was done to them.

        A frame that goes out as it came has no samples.
        """
        lane = self._table.heard
        if self._leaving is None:
            frame, samples = self._read(lane, at, coded=self._master.sounds and self.passes)
            return samples, frame if self._normalise is None else None
        _, samples = self._read(lane, at)
        rise, fall = self._fades[self._faded]
        _, left = self._read(self._leaving, at)
        self._faded += 1
        if self._faded == len(self._fades):
            self._let_go(self._leaving)
        return summed(samples, rise, left, fall), None

    def _let_go(self, lane: Lane) -> None:
        self._leaving = None
        if lane not in self._table.lanes:
            lane.close(self._jobs.put)

    def _read(self, lane: Lane, at: SampleIndex, *, coded: bool = False) -> tuple[Frame | None, Samples | None]:
        """Return a lane's next frame, and its samples with the lane's gain."""
        heard = lane.read(at, self._unpacker, coded=coded)
        if heard is None:
            return None, None
        frame, samples = heard
        return frame, None if samples is None else self._gained(lane, samples)

    def _gained(self, lane: Lane, samples: Samples) -> Samples:
        """Apply the lane's gain, which moves in a straight line within the frame."""
        if self._normalise is None:
            return samples
        before, after = lane.applied_db, lane.leveller.gain
        lane.applied_db = after
        if before == after:
            return samples * np.float32(10.0 ** (after / 20.0))
        ramp = np.linspace(10.0 ** (before / 20.0), 10.0 ** (after / 20.0), AUDIO_FRAME, dtype=np.float32)
        return samples * ramp

    def _level(self, values: list[float]) -> None:
        """Let the gain of the lane that is heard follow what was measured, less gain and limiting."""
        lane = self._table.heard
        self._since_step += 1
        self._gains.append(lane.applied_db if self._normalise else 0.0)
        if self._normalise is None or self._since_step < UNSURE_FRAMES:
            return
        applied = sum(self._gains) / len(self._gains) + self._master.taken_db
        for momentary in values:
            lane.leveller.hear(momentary - applied, self._normalise.lufs)

    def _alarm(self) -> None:
        main = self._table.main
        alarm = main.health.alarm()
        if alarm:
            self._audience.sound_warning(
                f"The main source has been silent for {main.health.quiet.seconds:.0f} seconds."
            )
        elif alarm is False:
            self._audience.sound_warning("The main source is not silent any more.")

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
