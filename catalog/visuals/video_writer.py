"""Writes pictures that we draw ourselves into an MP4 of good quality, as an upload would come."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
import numpy.typing as npt
from av import VideoFrame
from av.container import OutputContainer
from av.video.stream import VideoStream

Picture = npt.NDArray[np.uint8]
BT_709, LIMITED_RANGE = 1, 1
# Drawn once and compiled at once: quick to write and to read matters more than its size.
OPTIONS = {"preset": "ultrafast", "crf": "17"}


class VideoWriter:
    """An MP4 in the making: H.264, 4:2:0, BT.709 in limited range, the n-th picture at n ÷ rate seconds."""

    def __init__(self, path: Path, width: int, height: int, rate: int) -> None:
        self._size = (width, height)
        self._rate = rate
        self._container: OutputContainer = av.open(str(path.resolve()), "w", format="mp4")
        self._stream = self._add_stream()
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._container.mux(self._stream.encode(None))
        self._container.close()

    def add(self, luma: Picture, blue: Picture, red: Picture) -> None:
        """Add a picture given as its three planes, see :func:`frame_of`."""
        self.add_frame(frame_of(luma, blue, red))

    def add_frame(self, frame: VideoFrame) -> None:
        """Add a picture of the right size, 4:2:0."""
        frame.pts, frame.time_base = self._count, Fraction(1, self._rate)
        frame.colorspace, frame.color_range = BT_709, LIMITED_RANGE
        self._count += 1
        self._container.mux(self._stream.encode(frame))

    def _add_stream(self) -> VideoStream:
        stream = self._container.add_stream("libx264", rate=self._rate, options=OPTIONS)
        stream.width, stream.height = self._size
        stream.pix_fmt = "yuv420p"
        context = stream.codec_context
        context.color_primaries = context.color_trc = context.colorspace = BT_709
        context.color_range = LIMITED_RANGE
        return stream


def frame_of(luma: Picture, blue: Picture, red: Picture) -> VideoFrame:
    """Return a picture, 4:2:0: luma of (height, width), both colour differences of (height ÷ 2, width ÷ 2)."""
    packed = np.concatenate([luma.ravel(), blue.ravel(), red.ravel()])
    return VideoFrame.from_ndarray(packed.reshape(luma.shape[0] * 3 // 2, luma.shape[1]), format="yuv420p")
