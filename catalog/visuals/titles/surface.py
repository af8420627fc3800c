"""A transparent picture that shapes, shadows, pictures and letters are laid on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

from catalog.visuals.ink import Rgb

FINER = 4
REACH = 3


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels; right and bottom are the first that do not belong to it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Pixels across."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Pixels down."""
        return self.bottom - self.top

    def grown(self, by: int) -> Box:
        """Return the rectangle with a margin; a negative one shrinks it."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)


class Surface:
    """The picture in the making; ``image`` is RGBA with straight alpha."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.image = Image.new("RGBA", size, (0, 0, 0, 0))

    def lay(self, mask: Image.Image, colour: Rgb, at: tuple[int, int], opacity: float = 1.0) -> None:
        """Lay a colour through a mask (mode L) whose upper left corner stands at ``at``; what is outside is cut."""
        if opacity < 1:
            mask = mask.point([round(value * opacity) for value in range(256)])
        layer = Image.new("RGBA", mask.size, (*colour, 0))
        layer.putalpha(mask)
        self.lay_picture(layer, at)

    def lay_picture(self, picture: Image.Image, at: tuple[int, int]) -> None:
        """Lay a picture (RGBA) over what is there."""
        left, top = max(0, -at[0]), max(0, -at[1])
        right = min(picture.width, self.image.width - at[0])
        bottom = min(picture.height, self.image.height - at[1])
        if left < right and top < bottom:
            self.image.alpha_composite(picture.crop((left, top, right, bottom)), (at[0] + left, at[1] + top))

    def panel(self, box: Box, radius: int, colour: Rgb, opacity: float = 1.0) -> None:
        """Lay a rectangle with round corners."""
        self.lay(rounded(box.width, box.height, radius), colour, (box.left, box.top), opacity)

    def outline(self, box: Box, radius: int, thick: int, colour: Rgb, opacity: float) -> None:
        """Lay a line along the inside of a rectangle with round corners."""
        mask = rounded(box.width, box.height, radius).copy()
        inner = rounded(box.width - 2 * thick, box.height - 2 * thick, max(0, radius - thick))
        mask.paste(0, (thick, thick), inner)
        self.lay(mask, colour, (box.left, box.top), opacity)

    def shadow(self, box: Box, radius: int, *, blur: float, drop: int, colour: Rgb, opacity: float) -> None:
        """Lay the soft shadow of a rectangle with round corners."""
        pad = round(blur * REACH)
        mask = soft(rounded(box.width, box.height, radius), blur)
        self.lay(mask, colour, (box.left - pad, box.top - pad + drop), opacity)

    def scrim(self, parts: npt.NDArray[np.float32], colour: Rgb) -> None:
        """Lay a colour over everything, as densely as ``parts`` says: 0 to 1, height by width."""
        self.lay(Image.fromarray(np.rint(parts * 255).astype(np.uint8), "L"), colour, (0, 0))


@lru_cache(maxsize=32)
def rounded(width: int, height: int, radius: int) -> Image.Image:
    """Return the mask of a rectangle with round corners."""
    large = Image.new("L", (width * FINER, height * FINER), 0)
    corner = (width * FINER - 1, height * FINER - 1)
    ImageDraw.Draw(large).rounded_rectangle((0, 0, *corner), radius * FINER, fill=255)
    return large.reduce(FINER)


def soft(mask: Image.Image, blur: float) -> Image.Image:
    """Return a mask made soft, with a margin of three times ``blur`` pixels around it."""
    pad = round(blur * REACH)
    wide = Image.new("L", (mask.width + 2 * pad, mask.height + 2 * pad), 0)
    wide.paste(mask, (pad, pad))
    return wide.filter(ImageFilter.GaussianBlur(blur))


def eased(values: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Return 0 to 1 for 0 to 1, slow at both ends (smoothstep), so that no edge of a scrim shows."""
    held = np.clip(values, 0, 1)
    curve: npt.NDArray[np.float32] = (held * held * (3 - 2 * held)).astype(np.float32)
    return curve
