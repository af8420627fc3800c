"""Chooses a picture that shows something for the thumbnail, and gives it as plain pixels."""

from __future__ import annotations

import base64
from fractions import Fraction
from typing import Any

from av import VideoFrame

from catalog.visuals.inside.fitting import Fitter

WIDTH, HEIGHT = 640, 360
# After a picture was looked at, this many are passed over, then twice as many, and so on: few looks, at any length.
FIRST_PAUSE = 8


class Thumbnail:
    """The richest of the pictures looked at: black openings and fades have few different grey levels."""

    def __init__(self, aspect: Fraction) -> None:
        self._aspect = aspect
        self._fitter = Fitter(WIDTH, HEIGHT, padded=False, pixels="rgb24")
        self._best: tuple[float, VideoFrame] | None = None
        self._seen = 0
        self._next = 0
        self._pause = FIRST_PAUSE

    def offer(self, frame: VideoFrame) -> None:
        """Look at a picture, or pass over it."""
        self._seen += 1
        if self._seen <= self._next:
            return
        self._next, self._pause = self._seen + self._pause, self._pause * 2
        small = self._fitter.fit(frame, self._aspect)
        richness = spread(_rows(small))
        if self._best is None or richness > self._best[0]:
            self._best = (richness, small)

    def found(self) -> dict[str, Any]:
        """Return ``width``, ``height`` and ``rgb``: base64 of three bytes a pixel, row by row."""
        if self._best is None:
            raise ValueError("No picture was offered.")
        small = self._best[1]
        return {
            "width": small.width,
            "height": small.height,
            "rgb": base64.b64encode(_rows(small)).decode("ascii"),
        }


def spread(pixels: bytes) -> float:
    """Return the variance of a sample of the bytes: 0 for a picture of one colour."""
    sample = pixels[:: max(1, len(pixels) // 20000)]
    mean = sum(sample) / len(sample)
    return sum((value - mean) ** 2 for value in sample) / len(sample)


def _rows(frame: VideoFrame) -> bytes:
    plane, used = frame.planes[0], frame.width * 3
    data = bytes(plane)
    return b"".join(data[row : row + used] for row in range(0, plane.line_size * frame.height, plane.line_size))
