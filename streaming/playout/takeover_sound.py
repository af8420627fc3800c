"""A presenter's sound as a source of the mixer's top lane."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from functools import partial

from av.audio.frame import AudioFrame

from streaming.playout.sound import LAYOUTS, SAMPLE_FORMAT, TARGET, Segment, SoundBuffer
from streaming.playout.sources.base import Source
from streaming.playout.units import SampleIndex

FLOAT_BYTES = 4
Planes = tuple[memoryview, ...]
Heard = Callable[[int, SampleIndex], None]
"""Called with a place in the presenter's sound and the sample of the output at which it will be heard."""


class GuestSound(Source):
    """Passes on what the reader gives.

    Until the first of it is heard no more than the buffer's target is passed on: what is above would be cut off at the
    beginning, and the sound has to begin with the picture.
    """

    def __init__(self, buffer: SoundBuffer, output: tuple[int, int], heard: Heard) -> None:
        """``output`` is (sample rate, channels)."""
        super().__init__(buffer, lambda _up, _error: None)
        self._rate, self._channels = output
        self._heard = heard
        self._news = threading.Condition()
        self._pieces: deque[tuple[int, Planes]] = deque()
        self._begun = False
        self._over = False

    def add(self, place: int, planes: memoryview) -> None:
        """Take samples from the reader, as 32-bit floats, one channel after the other."""
        size = len(planes) // self._channels
        with self._news:
            self._pieces.append((place, tuple(planes[n * size : (n + 1) * size] for n in range(self._channels))))
            self._news.notify()

    def finish(self) -> None:
        """Let what is in hand be heard; nothing more comes."""
        with self._news:
            self._over = True
            self._news.notify()

    def interrupt(self) -> None:
        """Wake the source's thread."""
        with self._news:
            self._news.notify()

    def play(self) -> None:
        """Write pieces as they come, until there are no more."""
        segment = self.buffer.begin(live=True)
        while (piece := self._next(segment)) is not None:
            place, planes = piece
            segment.mark(partial(self._is_heard, place))
            segment.write(self._frame(planes))
            self.came_up()
        self._stopping.set()  # a presenter's stream is not tried again: whoever publishes anew is another takeover

    def _next(self, segment: Segment) -> tuple[int, Planes] | None:
        """Wait for the next piece that may be passed on; None at the end."""
        with self._news:
            self._news.wait_for(lambda: self.stopping or self._room(segment) or (self._over and self._waits_for_none()))
            if self.stopping or not self._room(segment):
                return None
            place, planes = self._pieces.popleft()
            room = self._limit(segment)
            size = len(planes[0]) // FLOAT_BYTES
            if room is not None and room < size:
                cut = room * FLOAT_BYTES
                self._pieces.appendleft((place + room, tuple(plane[cut:] for plane in planes)))
                planes = tuple(plane[:cut] for plane in planes)
            return place, planes

    def _room(self, segment: Segment) -> bool:
        return bool(self._pieces) and self._limit(segment) != 0

    def _waits_for_none(self) -> bool:
        return not self._pieces or not self._begun

    def _limit(self, segment: Segment) -> int | None:
        return None if self._begun else max(0, int(TARGET * self._rate) - segment.written)

    def _is_heard(self, place: int, at: SampleIndex) -> None:
        if not self._begun:
            with self._news:
                self._begun = True
                self._news.notify()
        self._heard(place, at)

    def _frame(self, planes: Planes) -> AudioFrame:
        frame = AudioFrame(SAMPLE_FORMAT, LAYOUTS[self._channels], len(planes[0]) // FLOAT_BYTES)
        frame.sample_rate = self._rate
        for plane, samples in zip(frame.planes, planes, strict=True):
            plane.update(_padded(samples, plane.buffer_size))
        return frame


def _padded(samples: memoryview, size: int) -> bytes:
    return bytes(samples).ljust(size, b"\0")
