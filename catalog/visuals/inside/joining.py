"""How a loop's end meets its beginning: measured, and blended where it does not join itself."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from av import VideoFrame
from av.filter import Graph

from catalog.visuals.inside.fitting import Fitter

# The grey picture that differences are taken of.
WIDTH, HEIGHT = 96, 54
# A jump to the beginning so many times as far as pictures usually are from their neighbours is seen as one. Looked at:
# films whose end meets their beginning come out at 0.5 to 1.1, at up to 2.9 with two frames cut away, and the mildest
# of forty hard cuts at 4.5.
SEAMLESS = 3.0
# Grey levels below which nobody sees a difference: grain, and coding noise that is anew with each keyframe.
UNSEEN = 0.7
TYPICAL = 0.75
# After a pair of neighbours was looked at so many are passed over, then more and more: few looks, at any length.
FIRST_PAUSE, MORE = 2.0, 1.2
# Of a short loop a quarter is blended, of any other a second.
PART = 4
LEAST = 2


class JoinMeter:
    """Compares a film's last picture with its first, against neighbours in between."""

    def __init__(self, aspect: Fraction) -> None:
        self._aspect = aspect
        self._fitter = Fitter(WIDTH, HEIGHT, padded=False, pixels="gray")
        self._first: bytes | None = None
        self._steps: list[float] = []
        self._kept: list[VideoFrame] = []
        self._seen = 0
        self._next = 1.0
        self._pause = FIRST_PAUSE

    def offer(self, frame: VideoFrame) -> None:
        """Look at the next picture, or pass over it."""
        self._seen += 1
        if self._first is None:
            self._first = self._small(frame)
        self._kept = [*self._kept[-1:], frame]
        if self._seen > self._next and len(self._kept) > 1:
            self._step()
            self._next, self._pause = self._seen + self._pause, self._pause * MORE

    def found(self) -> float:
        """Return how far the last picture is from the first, in usual steps from picture to picture; 1 is seamless."""
        if self._first is None or len(self._kept) < LEAST:
            return 1.0
        self._step()
        usual = sorted(self._steps)[int((len(self._steps) - 1) * TYPICAL)]
        return round(difference(self._small(self._kept[-1]), self._first) / max(usual, UNSEEN), 3)

    def _step(self) -> None:
        self._steps += [difference(one, other) for one, other in pairwise(map(self._small, self._kept))]

    def _small(self, frame: VideoFrame) -> bytes:
        plane = self._fitter.fit(frame, self._aspect).planes[0]
        data, used = bytes(plane), plane.width
        return b"".join(data[row * plane.line_size :][:used] for row in range(plane.height))


def difference(one: bytes, other: bytes) -> float:
    """Return the mean difference of two grey pictures of one size, in grey levels."""
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / max(1, len(one))


def blended_frames(choice: str, join_difference: float, frames: int, rate: int) -> int:
    """Return how many frames at the end of a loop are blended into its beginning; 0: none.

    ``choice`` is ``always``, ``never`` or ``auto``: where the loop does not join itself.
    """
    if choice == "never" or (choice == "auto" and join_difference <= SEAMLESS):
        return 0
    overlap = min(rate, frames // PART)
    return overlap if overlap >= LEAST else 0


def joined(pictures: Iterator[VideoFrame], frames: int, overlap: int, head: list[VideoFrame]) -> Iterator[VideoFrame]:
    """Yield ``frames - overlap`` pictures of a loop of ``frames``, whose last ones become its first ones bit by bit.

    They begin with picture ``overlap``; the ones before come at the end, mixed in. ``head``, empty at first, keeps
    those over all passes: they are all that is held in memory.
    """
    for place, picture in enumerate(pictures):
        if place < overlap:
            if len(head) < overlap:
                head.append(picture)
        elif place < frames - overlap:
            yield picture
        else:
            step = place - (frames - overlap)
            yield mixed(picture, head[min(step, overlap - 1)], Fraction(step + 1, overlap + 1))


def mixed(old: VideoFrame, new: VideoFrame, part: Fraction) -> VideoFrame:
    """Return a picture that is ``part`` the new one, the rest the old one; both are YUV 4:2:0 of one size."""
    graph = Graph()
    ends = [
        graph.add("buffer", f"video_size={old.width}x{old.height}:pix_fmt=yuv420p:time_base=1/1:colorspace=1:range=1")
        for _ in range(2)
    ]
    blend = graph.add("blend", f"all_mode=normal:all_opacity={float(1 - part):.6f}")
    sink = graph.add("buffersink")
    for number, end in enumerate(ends):
        end.link_to(blend, 0, number)
    blend.link_to(sink)
    graph.configure()
    for end, picture in zip(ends, (old, new), strict=True):
        picture.pts, picture.time_base = 0, Fraction(1)
        end.push(picture)
        end.push(None)
    result = sink.pull()
    if not isinstance(result, VideoFrame):
        raise TypeError("A filter graph for pictures gave something else.")
    return result
