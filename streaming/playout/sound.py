"""The sound on its way out: a buffer that a source fills and the clock empties, silence where it is empty."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame

from streaming.playout.coded import LAYOUTS, SAMPLE_FORMAT, Coded, Frame
from streaming.playout.units import AUDIO_FRAME, SampleIndex

__all__ = ["LAYOUTS", "SAMPLE_FORMAT", "Segment", "SoundBuffer"]

TARGET = 1.0
"""Seconds of live sound kept in hand: what a jittery network may be late by."""

SETTLE = 0.3
"""Seconds a new connection's burst is waited out before it is trimmed to the target."""

EXCESS = 3.0
"""Seconds above the target at which the oldest sound is dropped."""

PLAYLIST_AHEAD = 2.0
"""Seconds of sound decoded ahead from files."""

Heard = Callable[[SampleIndex], None]
"""Called when sound is settled, with the sample of the output at which it will be heard."""


Run = AudioFifo | deque[Coded]
"""Sound of one kind: samples, or frames as they were coded."""


@dataclass
class Segment:
    """What one connection of a source sends; marks are (sample written, what to call when it is settled)."""

    live: bool
    lock: threading.Condition
    runs: deque[Run] = field(default_factory=deque)
    marks: deque[tuple[int, Heard]] = field(default_factory=deque)
    written: int = 0
    taken: int = 0
    settled_at: float | None = None

    @property
    def level(self) -> int:
        """Samples in hand."""
        return self.written - self.taken

    def write(self, frame: AudioFrame) -> None:
        """Add decoded sound, already in the output's rate, layout and format."""
        with self.lock:
            run = self.runs[-1] if self.runs else None
            if not isinstance(run, AudioFifo):
                run = AudioFifo()
                self.runs.append(run)
            frame.pts = None
            run.write(frame)
            self.written += frame.samples

    def pass_on(self, frame: Coded) -> None:
        """Add a frame that may go out as it is."""
        with self.lock:
            run = self.runs[-1] if self.runs else None
            if run is None or isinstance(run, AudioFifo):
                run = deque()
                self.runs.append(run)
            run.append(frame)
            self.written += AUDIO_FRAME

    def mark(self, heard: Heard) -> None:
        """Have ``heard`` called when the next sample written is settled."""
        with self.lock:
            self.marks.append((self.written, heard))

    def take(self) -> Frame | None:
        """Remove the oldest frame; less than one before coded frames, which stand for whole ones, is given up."""
        while self.runs:
            run = self.runs[0]
            if not isinstance(run, AudioFifo):
                if run:
                    self.taken += AUDIO_FRAME
                    return run.popleft()
            elif (frame := run.read(AUDIO_FRAME)) is not None:
                self.taken += AUDIO_FRAME
                return frame
            if len(self.runs) == 1:
                return None
            self.taken += 0 if isinstance(run, deque) else run.samples
            self.runs.popleft()
        return None

    def passed(self, at: SampleIndex, samples: int) -> Iterator[tuple[Heard, SampleIndex]]:
        """Give, once each, the marks on the ``samples`` taken last, which go out from ``at`` on."""
        first = self.taken - samples
        while self.marks and self.marks[0][0] < self.taken:
            place, heard = self.marks.popleft()
            yield heard, SampleIndex(at + max(0, place - first))


class SoundBuffer:
    """Between a source's thread and the clock's: samples in, frames of :data:`AUDIO_FRAME` out, never blocking out.

    Every connection of a source is a segment. The old one is played out while the new one settles, so that the
    burst a radio sends on connecting is trimmed before it is heard and never repeats what was.
    """

    def __init__(self, sample_rate: int, now: Callable[[], float]) -> None:
        """Make an empty buffer; ``now`` gives monotonic seconds."""
        self._rate = sample_rate
        self._now = now
        self._room = threading.Condition()
        self._current: Segment | None = None
        self._coming: Segment | None = None
        self.silent = True

    def begin(self, *, live: bool) -> Segment:
        """Start a segment, which the caller then writes to: what a new connection brings."""
        with self._room:
            self._coming = Segment(live=live, lock=self._room)
            self._room.notify_all()
            return self._coming

    def wait_for_room(self, stop: Callable[[], bool]) -> bool:
        """Block a source of files until less than :data:`PLAYLIST_AHEAD` is in hand; False when ``stop`` says so."""
        with self._room:
            self._room.wait_for(lambda: stop() or self._hand() < PLAYLIST_AHEAD * self._rate)
        return not stop()

    def wake(self) -> None:
        """Let a blocked source look at its ``stop`` again."""
        with self._room:
            self._room.notify_all()

    def read(self, at: SampleIndex) -> Frame | None:
        """Take the next frame, which goes out from ``at`` on, or None for silence. Calls what marks it passes."""
        with self._room:
            segment = self._ready_segment()
            frame: Frame | None = None
            passed: list[tuple[Heard, SampleIndex]] = []
            if segment is not None and segment.level >= AUDIO_FRAME:
                frame = segment.take()
                passed = list(segment.passed(at, AUDIO_FRAME)) if frame is not None else []
            self.silent = frame is None
            self._room.notify_all()
        for heard, sample in passed:
            heard(sample)
        return frame

    @property
    def surplus(self) -> float | None:
        """Seconds above the target while live sound plays, else None."""
        segment = self._current
        if segment is None or not segment.live or self.silent:
            return None
        return segment.level / self._rate - TARGET

    @property
    def milliseconds(self) -> int:
        """Sound in hand."""
        return self._hand() * 1000 // self._rate

    def _hand(self) -> int:
        return sum(segment.level for segment in (self._current, self._coming) if segment is not None)

    def _ready_segment(self) -> Segment | None:
        """Return what to play from, going over to a new segment once it is ready and the old one is played out."""
        current, coming = self._current, self._coming
        # A connection that ran dry and broke while it was refilled has something left that nothing will complete.
        played_out = current is None or current.level < AUDIO_FRAME or (current.live and self.silent)
        if coming is not None and played_out and self._settled(coming):
            self._current, self._coming = coming, None
            return coming
        if current is None or (played_out and coming is not None):
            return None
        if current.live:
            return self._live(current)
        return current

    def _settled(self, segment: Segment) -> bool:
        if not segment.live:
            return segment.level >= AUDIO_FRAME
        if segment.level < TARGET * self._rate:
            segment.settled_at = None
            return False
        if segment.settled_at is None:
            segment.settled_at = self._now() + SETTLE
        if self._now() < segment.settled_at:
            return False
        self._trim(segment)
        return True

    def _live(self, segment: Segment) -> Segment | None:
        """Refill to the target after running dry; drop the oldest when far too much came at once."""
        if self.silent and not self._settled(segment):
            return None
        if segment.level > (TARGET + EXCESS) * self._rate:
            self._trim(segment)
        return segment

    def _trim(self, segment: Segment) -> None:
        while segment.level >= TARGET * self._rate + AUDIO_FRAME and segment.take() is not None:
            pass  # the oldest goes
