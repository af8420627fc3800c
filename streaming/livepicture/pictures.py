"""The pictures under the band: a rendition's, decoded as they are needed, and a cross-fade into the next one's."""

from __future__ import annotations

from collections.abc import Iterator

import av.error
import numpy as np
from av import VideoFrame

from catalog.visuals.inside.seam import Rendition, SeamImpossibleError
from streaming.livepicture.band import WHOLE
from streaming.livepicture.planes import pixels


class PictureLostError(Exception):
    """A rendition cannot be read; the text is a sentence."""


class Pictures:
    """An endless run of pictures; :meth:`go_over` changes what they show.

    ``place`` is the display position of the next one in a pass of its rendition.
    """

    def __init__(self, path: str, at: int, length: int) -> None:
        """Begin with a rendition's picture at a display position; a pass of it has ``length``."""
        self._running = _frames(path, at)
        self.place, self._length = at, length
        self._leaving: Iterator[VideoFrame] | None = None
        self._mixed = self._to_mix = 0

    @property
    def mixing(self) -> bool:
        """Whether a cross-fade is going on."""
        return self._leaving is not None

    def go_over(self, path: str, length: int, frames: int) -> None:
        """Go over to another rendition's first picture, mixing both for so many frames (0: cut).

        Raises:
            PictureLostError: it cannot be read; nothing has changed.

        """
        coming = _frames(path, 0)
        first = next(coming)
        self._leaving = self._running if frames else None
        self._running = _begun(first, coming)
        self._mixed, self._to_mix = 0, frames
        self.place, self._length = 0, length

    def next(self) -> VideoFrame:
        """Return the next picture, to be written on.

        Raises:
            PictureLostError: it cannot be read.

        """
        picture = next(self._running)
        self.place = (self.place + 1) % self._length
        picture.make_writable()
        if self._leaving is not None:
            self._mixed += 1
            _mix(picture, next(self._leaving), self._mixed * WHOLE // (self._to_mix + 1))
            if self._mixed == self._to_mix:
                self._leaving = None
        return picture


def clean_from(path: str, at: int) -> int:
    """Return the first display position from ``at`` on at which a rendition may be left; 0 is its next pass.

    Raises:
        PictureLostError: it cannot be read.

    """
    try:
        return Rendition(path).clean_from(at)
    except (SeamImpossibleError, av.error.FFmpegError, OSError) as error:
        raise PictureLostError(f"The picture cannot be read: {error}") from error


def _frames(path: str, at: int) -> Iterator[VideoFrame]:
    try:
        yield from Rendition(path).frames_from(at)
    except (av.error.FFmpegError, OSError) as error:
        raise PictureLostError(f"The picture cannot be read: {error}") from error


def _begun(first: VideoFrame, rest: Iterator[VideoFrame]) -> Iterator[VideoFrame]:
    yield first
    yield from rest


def _mix(target: VideoFrame, other: VideoFrame, part: int) -> None:
    """Make ``target`` the mixture of ``part`` (of 256) of itself and the rest of ``other``."""
    for mine, theirs in zip(target.planes, other.planes, strict=True):
        new = pixels(mine)
        mixed = np.multiply(new, part, dtype=np.uint16)
        mixed += np.multiply(pixels(theirs), WHOLE - part, dtype=np.uint16)
        np.copyto(new, mixed >> 8, casting="unsafe")
