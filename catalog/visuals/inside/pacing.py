"""Brings pictures that come at any rate, even or not, to a constant one, without losing or doubling at the join."""

from __future__ import annotations

from fractions import Fraction
from math import floor

HALF = Fraction(1, 2)


class Pacer:
    """Says how often each picture is shown at a constant rate.

    A picture at ``t`` seconds belongs to the output frame nearest to ``t``; a frame shows the last picture that belongs
    to it or to one before. So N pictures at the output's own rate, however roughly their times were rounded, give
    exactly N frames, and a video of ``d`` seconds gives ``round(d × rate)``, at least one.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._first: Fraction | None = None
        self.frames = 0

    def shown_until(self, seconds: Fraction) -> int:
        """Return how many frames the picture before shows, now that the next one (or the end) is at ``seconds``."""
        if self._first is None:
            self._first = seconds
            return 0
        frame = floor((seconds - self._first) * self._rate + HALF)
        count = max(0, frame - self.frames)
        self.frames += count
        return count

    def shown_until_end(self, seconds: Fraction) -> int:
        """Return the same for the last picture; ``seconds`` is when the video ends."""
        count = self.shown_until(seconds)
        if self.frames == 0:
            self.frames = count = 1
        return count


def repeats(frames: int, rate: int, least_seconds: int) -> int:
    """Return how many times a loop of so many frames is played to last at least so many seconds."""
    return max(1, -(-least_seconds * rate // frames))
