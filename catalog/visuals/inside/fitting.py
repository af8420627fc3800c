"""Fits decoded pictures to a size: upright, square pixels, whole picture, never distorted, BT.709 in limited range."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from av import VideoFrame
from av.filter import Graph
from av.sidedata.sidedata import Type

# libav's numbers (AVCOL_TRC_*, AVCOL_SPC_*, AVCOL_RANGE_*).
HDR_TRANSFERS = frozenset({16, 18})
RGB, UNKNOWN, SMPTE_170M, BT_709 = 0, 2, 6, 1
LIMITED_RANGE, FULL_RANGE = 1, 2
HD_LINES = 720
UPRIGHT = ""


@dataclass(frozen=True)
class Shape:
    """What a filter graph is built for; a picture of another shape needs another graph."""

    width: int
    height: int
    pixels: str
    aspect: Fraction
    turn: str
    matrix: int
    full: bool
    hdr: bool

    @property
    def sideways(self) -> bool:
        """Whether turning it swaps width and height."""
        return self.turn.startswith("transpose")

    def shown(self) -> tuple[Fraction, int]:
        """Return width and height as a player shows them, in square pixels."""
        width, height = self.width * self.aspect, Fraction(self.height)
        if self.sideways:
            width, height = height, width
        # Keep the finer direction whole: pixels are only ever spread, never thrown away.
        return width, int(height) if height.denominator == 1 else math.ceil(height)


class Fitter:
    """Scales pictures into a box; with ``padded`` the result fills the box with black bars."""

    def __init__(self, width: int, height: int, *, padded: bool, pixels: str = "yuv420p") -> None:
        self._box = (width, height)
        self._padded = padded
        self._pixels = pixels
        self._shape: Shape | None = None
        self._turn: str | None = None
        self._graph: Graph | None = None

    def fit(self, frame: VideoFrame, aspect: Fraction) -> VideoFrame:
        """Return the picture fitted; ``aspect`` is the shape of a pixel, width by height."""
        # Read once, it belongs to the whole film: looking at a frame's side data makes a reference cycle in PyAV, and
        # frames would pile up by the hundred until Python's collector comes by.
        if self._turn is None:
            self._turn = turn_of(_display_matrix(frame))
        shape = shape_of(frame, aspect, self._turn)
        if self._fits_already(shape):
            return frame
        if self._graph is None or shape != self._shape:
            self._shape, self._graph = shape, self._build(shape)
        # What the stream leaves unsaid is said here, so that the graph and the picture agree.
        frame.colorspace, frame.color_range = shape.matrix, FULL_RANGE if shape.full else LIMITED_RANGE
        self._graph.push(frame)
        fitted = self._graph.pull()
        if not isinstance(fitted, VideoFrame):
            raise TypeError("A filter graph for pictures gave something else.")
        return fitted

    def _fits_already(self, shape: Shape) -> bool:
        return shape == Shape(*self._box, "yuv420p", Fraction(1), UPRIGHT, BT_709, full=False, hdr=False) and (
            self._pixels == "yuv420p"
        )

    def _build(self, shape: Shape) -> Graph:
        graph = Graph()
        source = graph.add("buffer", _source_arguments(shape))
        last = source
        for name, arguments in self._steps(shape):
            step = graph.add(name, arguments)
            last.link_to(step)
            last = step
        last.link_to(graph.add("buffersink"))
        graph.configure()
        return graph

    def _steps(self, shape: Shape) -> list[tuple[str, str]]:
        width, height = inner_size(shape.shown(), self._box)
        across = (height, width) if shape.sideways else (width, height)
        steps = [("scale", _scale_arguments(across, shape, self._pixels)), ("format", self._pixels)]
        if shape.turn:
            steps += [_filter(part) for part in shape.turn.split(",")]
        if self._padded:
            left, top = (self._box[0] - width) // 4 * 2, (self._box[1] - height) // 4 * 2
            steps.append(("pad", f"{self._box[0]}:{self._box[1]}:{left}:{top}:color=black"))
        return [*steps, ("setsar", "1")]


def shown_size(frame: VideoFrame, aspect: Fraction) -> tuple[int, int]:
    """Return a film's width and height as a player shows it, from its first picture."""
    width, height = shape_of(frame, aspect, turn_of(_display_matrix(frame))).shown()
    return int(width), int(height)


def shape_of(frame: VideoFrame, aspect: Fraction, turn: str) -> Shape:
    """Read off a picture what its fitting depends on; ``turn`` is how the film is turned."""
    matrix = int(frame.colorspace)
    if frame.format.is_rgb:
        matrix = RGB
    elif matrix in {UNKNOWN, RGB}:
        matrix = BT_709 if frame.height >= HD_LINES else SMPTE_170M
    return Shape(
        frame.width,
        frame.height,
        frame.format.name,
        aspect,
        turn,
        matrix,
        int(frame.color_range) == FULL_RANGE or frame.format.is_rgb or frame.format.name.startswith("yuvj"),
        int(frame.color_trc) in HDR_TRANSFERS,
    )


def turn_of(matrix: tuple[int, ...] | None) -> str:
    """Return the filters that undo a display matrix (nine numbers, ISO 14496-12 §8.3.2), as players do.

    Quarter turns and mirror images; other angles are left alone, no camera writes them.
    """
    if matrix is None:
        return UPRIGHT
    first, second = math.hypot(matrix[0], matrix[3]), math.hypot(matrix[1], matrix[4])
    if not first or not second:
        return UPRIGHT
    angle = round(math.degrees(math.atan2(matrix[1] / second, matrix[0] / first))) % 360
    if angle == 90:  # noqa: PLR2004  # degrees
        return "transpose=cclock_flip" if matrix[3] > 0 else "transpose=clock"
    if angle == 270:  # noqa: PLR2004  # degrees
        return "transpose=clock_flip" if matrix[3] < 0 else "transpose=cclock"
    mirrored = ["hflip"] if angle == 180 and matrix[0] < 0 else []  # noqa: PLR2004  # degrees
    upended = ["vflip"] if angle in {0, 180} and matrix[4] < 0 else []
    return ",".join(mirrored + upended)


def inner_size(shown: tuple[Fraction | int, Fraction | int], box: tuple[int, int]) -> tuple[int, int]:
    """Return the largest even size of these proportions inside a box of even size."""
    factor = min(Fraction(box[0]) / shown[0], Fraction(box[1]) / shown[1])
    width, height = (max(2, round(side * factor / 2) * 2) for side in shown)
    return min(width, box[0]), min(height, box[1])


def _display_matrix(frame: VideoFrame) -> tuple[int, ...] | None:
    data: Any = frame.side_data
    found = data.get(Type.DISPLAYMATRIX)
    return struct.unpack("=9i", bytes(found)[:36]) if found else None


def _source_arguments(shape: Shape) -> str:
    return (
        f"video_size={shape.width}x{shape.height}:pix_fmt={shape.pixels}:time_base=1/1000:pixel_aspect=1/1"
        f":colorspace={shape.matrix}:range={FULL_RANGE if shape.full else LIMITED_RANGE}"
    )


def _scale_arguments(size: tuple[int, int], shape: Shape, pixels: str) -> str:
    arguments = [f"{size[0]}:{size[1]}", "flags=bicubic+accurate_rnd+full_chroma_int"]
    if pixels == "yuv420p":
        arguments += ["out_color_matrix=bt709", "out_range=tv"]
    if shape.hdr:
        arguments += ["out_transfer=bt709", "out_primaries=bt709", "intent=perceptual"]
    return ":".join(arguments)


def _filter(text: str) -> tuple[str, str]:
    name, _, arguments = text.partition("=")
    return name, arguments
