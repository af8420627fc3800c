"""The last stretch of sound before it is encoded: settled, but not out yet.

Which source is heard, how loud it is and which title it belongs to is decided :data:`SECONDS` before the sound goes
out. So whatever has to change with the sound (a title, a picture, a seam, a picture drawn from the sound) knows its
instant ahead of time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Protocol

from av.audio.frame import AudioFrame

from streaming.playout.coded import Frame
from streaming.playout.units import AUDIO_FRAME, SampleIndex

SECONDS = 2.0
"""Between a sample's settling and its going out, at least: what a seam and a live picture need to be made in."""

STRETCH = 8
"""Frames settled and coded in one go, a sixth of a second: what comes seldom and together runs from warm caches, in
seven tenths of the time that the same work takes frame by frame."""

DROP = 2
"""Frames settled in one go while there is no sound: what comes back is to be heard at once."""

Tap = Callable[[SampleIndex, AudioFrame | None], None]
"""Who wants a frame's samples says so to the mixer; of what goes out as it came a tap gets None."""


class Sound(Protocol):
    """Where settled sound comes from; called by the clock's thread only, never blocking."""

    silent: bool

    def read(self, at: SampleIndex) -> Frame | None:
        """Return the next :data:`AUDIO_FRAME` samples, which go out from ``at`` on; None is silence."""

    @property
    def surplus(self) -> float | None:
        """Seconds in hand above the target while live sound plays, else None."""

    @property
    def milliseconds(self) -> int:
        """Sound in hand."""


class Horizon:
    """A delay line of whole frames. Belongs to the clock's thread; :attr:`taps` see each frame as it is settled."""

    def __init__(self, sound: Sound, sample_rate: int) -> None:
        """Fill the line with silence, so that the picture may go on air at once."""
        frames = round(SECONDS * sample_rate / AUDIO_FRAME)
        self.sound = sound
        self.taps: list[Tap] = []
        self._line: deque[Frame | None] = deque([None] * frames)
        self._settled = SampleIndex(frames * AUDIO_FRAME)

    @property
    def settled(self) -> SampleIndex:
        """The first sample that is not settled yet."""
        return self._settled

    def take(self) -> list[Frame | None]:
        """Settle a stretch and return as many frames, which go out next; None is a frame of silence."""
        taken: list[Frame | None] = []
        while len(taken) < (DROP if self.sound.silent else STRETCH):
            self._line.append(self._settle())
            taken.append(self._line.popleft())
        return taken

    def _settle(self) -> Frame | None:
        frame = self.sound.read(self._settled)
        samples = frame if isinstance(frame, AudioFrame) else None
        for tap in self.taps:
            tap(self._settled, samples)
        self._settled = SampleIndex(self._settled + AUDIO_FRAME)
        return frame
