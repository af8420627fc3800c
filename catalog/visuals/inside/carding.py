"""Lays a title card, a transparent picture of ours, over pictures of its size."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from av import VideoFrame
from av.filter import Graph

from catalog.media.inside.job import RefusedError
from catalog.media.inside.opening import open_media

PNG = "png_pipe"
# How libav reads the size of frames that are pushed; all of them are BT.709 in limited range.
SHAPE = "video_size={width}x{height}:pix_fmt={pixels}:time_base=1/1:pixel_aspect=1/1:colorspace=1:range=1"


class Card:
    """A card, open: only the box in which anything is drawn is laid over."""

    def __init__(self, handle: int, box: tuple[int, int, int, int], size: tuple[int, int]) -> None:
        """``box`` is left, top, width and height in pixels, all even; ``size`` that of the pictures.

        Raises:
            RefusedError: the card is no picture of this size.

        """
        self._place = (box[0], box[1])
        self._card = _cut_out(_read(handle, size), box)
        self._graph: tuple[Graph, Any, Any] | None = None
        self._last: tuple[VideoFrame, VideoFrame] | None = None
        self._count = 0

    def over(self, picture: VideoFrame) -> VideoFrame:
        """Return the picture with the card on it; the very picture that came last is not mixed again."""
        if self._last is None or self._last[0] is not picture:
            self._last = (picture, self._mixed(picture))
        return self._last[1]

    def _mixed(self, picture: VideoFrame) -> VideoFrame:
        _, source, sink = self._graph = self._graph or self._build(picture)
        picture.pts, picture.time_base = self._count, Fraction(1)
        self._count += 1
        source.push(picture)
        return _picture(sink.pull())

    def _build(self, picture: VideoFrame) -> tuple[Graph, Any, Any]:
        graph = Graph()
        below = graph.add("buffer", SHAPE.format(width=picture.width, height=picture.height, pixels="yuv420p"))
        above = graph.add("buffer", SHAPE.format(width=self._card.width, height=self._card.height, pixels="yuva420p"))
        overlay = graph.add("overlay", f"x={self._place[0]}:y={self._place[1]}:format=yuv420:eof_action=repeat")
        sink = graph.add("buffersink")
        below.link_to(overlay, 0, 0)
        above.link_to(overlay, 0, 1)
        overlay.link_to(sink)
        graph.configure()
        self._card.pts, self._card.time_base = 0, Fraction(1)
        above.push(self._card)
        above.push(None)
        return graph, below, sink  # contexts alone do not keep a graph alive


def _read(handle: int, size: tuple[int, int]) -> VideoFrame:
    with open_media(handle, containers=PNG, codecs="png") as container:
        frame = next(container.decode(video=0))
    if (frame.width, frame.height) != size or frame.format.name != "rgba":
        raise RefusedError(f"The title card is no transparent picture of {size[0]}×{size[1]} pixels.")
    return frame


def _cut_out(frame: VideoFrame, box: tuple[int, int, int, int]) -> VideoFrame:
    """Return the box of a card in the pictures' own colours: YUV 4:2:0 with transparency, BT.709, limited range."""
    left, top, width, height = box
    graph = Graph()
    steps = [
        graph.add("buffer", f"video_size={frame.width}x{frame.height}:pix_fmt=rgba:time_base=1/1:pixel_aspect=1/1"),
        graph.add("crop", f"{width}:{height}:{left}:{top}"),
        graph.add("scale", "flags=bicubic+accurate_rnd+full_chroma_int:out_color_matrix=bt709:out_range=tv"),
        graph.add("format", "yuva420p"),
        graph.add("buffersink"),
    ]
    graph.link_nodes(*steps).configure()
    steps[0].push(frame)
    return _picture(steps[-1].pull())


def _picture(pulled: Any) -> VideoFrame:
    if not isinstance(pulled, VideoFrame):
        raise TypeError("A filter graph for pictures gave something else.")
    return pulled
