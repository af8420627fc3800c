"""Light on a dark picture: added up as it is outside, then developed like a photograph.

A picture of light is an array of (height, width, 3): red, green and blue, 0 is dark and there is no upper end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from av import VideoFrame

from catalog.visuals.ink import still_noise

Light = npt.NDArray[np.float32]
WIDTH, HEIGHT, RATE = 1280, 720, 30
BT_709, LIMITED_RANGE = 1, 1


@dataclass(frozen=True)
class Scene:
    """A seamless loop.

    Attributes:
        key: names the loop among the built-in ones.
        name: what people call it.
        frames: draws all pictures, 4:2:0, ready to be encoded; everything in them is periodic in the loop's length.

    """

    key: str
    name: str
    frames: Callable[[], Iterator[VideoFrame]]


def developed(moment: Callable[[float], Light], seconds: int) -> Iterator[VideoFrame]:
    """Yield the pictures of a loop; ``moment`` gives the light at 0 to 1 of it, and may use one buffer for all."""
    darkroom, count = Darkroom(), seconds * RATE
    for number in range(count):
        yield darkroom.develop(moment(number / count))


def developed_by_halves(moment: Callable[[float], Light], seconds: int) -> Iterator[VideoFrame]:
    """Yield the same for a soft and slow scene: every second picture is drawn, those between are mixed of two."""
    darkroom, count = Darkroom(), seconds * RATE
    last = moment(0.0).copy()
    for number in range(0, count, 2):
        yield darkroom.develop(last)
        following = moment((number + 2) / count)
        last += following
        last *= np.float32(0.5)
        yield darkroom.develop(last)
        np.copyto(last, following)


class Darkroom:
    """Turns light into pictures: bright light saturates softly; a still noise hides the steps of dark gradients."""

    def __init__(self, height: int = HEIGHT, width: int = WIDTH) -> None:
        noise = still_noise((height, width, 1), 7) * np.float32(0.98)
        self._white = np.repeat(np.float32(255.49) + noise, 3, axis=2)
        # One buffer for all pictures: fresh memory of this size costs more than the arithmetic.
        self._buffer = np.empty((height, width, 3), dtype=np.float32)
        self._bytes = np.empty((height, width, 3), dtype=np.uint8)

    def develop(self, light: Light) -> VideoFrame:
        """Return the picture, 4:2:0; the light is left as it is."""
        buffer = self._buffer
        np.negative(light, out=buffer)
        np.exp(buffer, out=buffer)
        buffer *= np.float32(-255)
        buffer += self._white
        np.copyto(self._bytes, buffer, casting="unsafe")
        frame = VideoFrame.from_ndarray(self._bytes, format="rgb24")
        return frame.reformat(format="yuv420p", dst_colorspace=BT_709, dst_color_range=LIMITED_RANGE)


def colour(red: float, green: float, blue: float, strength: float = 1.0) -> Light:
    """Return light that develops to about this colour (0 to 255 each) at strength 1."""
    shown = np.minimum(np.array([red, green, blue], dtype=np.float32) / 256, np.float32(0.88))
    return np.asarray(-np.log(1 - shown) * strength, dtype=np.float32)


def disc(radius: float, edge: float) -> npt.NDArray[np.float32]:
    """Return a square with a soft-edged disc, as a point of light out of focus looks."""
    half = int(radius + edge) + 2
    across = np.arange(-half, half + 1, dtype=np.float32)
    distance = np.hypot(across[:, None], across[None, :])
    inside = np.clip((radius - distance) / edge + 0.5, 0, 1)
    rim = 0.72 + 0.28 * np.clip(distance / radius, 0, 1) ** 6
    return np.asarray(inside * rim, dtype=np.float32)


def bell(radius: float) -> npt.NDArray[np.float32]:
    """Return a square with a round glow that fades like a bell curve; ``radius`` is where it is at a third."""
    half = int(radius * 2.6) + 1
    across = np.arange(-half, half + 1, dtype=np.float32)
    row = np.exp(-((across / radius) ** 2))
    return np.asarray(row[:, None] * row[None, :], dtype=np.float32)


def lay(onto: Light, shape: npt.NDArray[np.float32], x: float, y: float, tint: Light) -> None:
    """Add a shape's light with its middle at (x, y), cut off at the edges of the picture."""
    left, top = round(x) - shape.shape[1] // 2, round(y) - shape.shape[0] // 2
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(onto.shape[1], left + shape.shape[1]), min(onto.shape[0], top + shape.shape[0])
    if x0 < x1 and y0 < y1:
        onto[y0:y1, x0:x1] += shape[y0 - top : y1 - top, x0 - left : x1 - left, None] * tint
