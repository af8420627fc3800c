"""Codes transitions between two renditions: orders come as lines of JSON on standard input, answers on standard output.

A seam takes the place of the new rendition's first GOPs: it begins with the old picture, ends with the new one, and
the stream goes on with the new rendition's next keyframe. It is coded like a rendition, so it can be spliced like one.
Both inputs are renditions of ours.
"""

from __future__ import annotations

import json
import os
import select
import sys
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

import av
import av.error
from av import VideoFrame
from av.filter import Graph

from catalog.visuals.inside.encoder import Encoder, Profile

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

IDLE_SECONDS = 15
REORDER = 3  # frames by which a seek by decode time may miss the keyframe that is wanted
MIXES = {"crossfade": "fade", "fade": "fade", "wipe": "smoothleft"}
THROUGH_BLACK = "fade"


class SeamImpossibleError(Exception):
    """The two renditions cannot be joined; the text is a sentence."""


class Rendition:
    """A compiled loop, read from a frame on and over again from its beginning."""

    def __init__(self, path: str) -> None:
        self._path = path

    def clean_from(self, at: int) -> int:
        """Return the first display position from ``at`` on where decode and display order meet; 0 is the next pass."""
        with self._open() as container:
            stream = container.streams.video[0]
            highest, sent = -1, 0
            for offset, is_key in _offsets(container, stream, at):
                if sent == 0:
                    highest, sent = offset - 1, offset
                if highest + 1 == sent and sent >= at:
                    return sent
                if is_key and highest + 1 != sent:
                    raise SeamImpossibleError("A rendition on air has a GOP that is not closed.")
                highest, sent = max(highest, offset), sent + 1
        return 0

    def frames_from(self, at: int) -> Iterator[VideoFrame]:
        """Yield decoded frames from a display position on, for ever."""
        while True:
            with self._open() as container:
                stream = container.streams.video[0]
                _seek(container, stream, at)
                for frame in container.decode(stream):
                    if frame.pts is None or _position(frame.pts, stream) < at:
                        continue
                    yield frame
            at = 0

    def _open(self) -> InputContainer:
        return av.open(f"file:{self._path}", "r", format="mp4", options={"protocol_whitelist": "file"})


def make(order: dict[str, Any]) -> dict[str, Any]:
    """Make one seam.

    1. find where the old rendition can be left, at or soon after the frame asked for;
    2. mix its next frames with the new one's first ones;
    3. code them, and as many of the new one's as its first GOPs have.

    Raises:
        SeamImpossibleError: a rendition cannot be read, or the new one is shorter than the seam.

    """
    profile = Profile(**order["profile"])
    old, new = Rendition(order["old"]), Rendition(order["new"])
    frames, mixed = int(order["frames"]), int(order["mixed"])
    leave_at = old.clean_from(int(order["at"]))
    handle = os.open(order["out"], os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        encoder = Encoder(handle, profile, hurried=True)
        pictures = _mix(old.frames_from(leave_at), new.frames_from(0), order["kind"], mixed, frames, profile)
        for picture in pictures:
            encoder.add(picture)
        encoder.finish()
    finally:
        os.close(handle)
    if encoder.frames != frames:
        raise SeamImpossibleError(f"The seam came out with {encoder.frames} frames instead of {frames}.")
    return {"leave_at": leave_at, "frames": frames}


def _mix(
    old: Iterator[VideoFrame],
    new: Iterator[VideoFrame],
    kind: str,
    mixed: int,
    frames: int,
    profile: Profile,
) -> Iterator[VideoFrame]:
    """Yield ``frames`` pictures: ``mixed`` from one rendition to the other, the rest of the new one as they are."""
    # The graph has to be held: its ends do not keep it alive.
    graph, left, right, sink = _graph(kind, mixed, profile)
    for place in range(mixed):
        _push(left, next(old), place, profile)
        _push(right, next(new), place, profile)
        yield from _pull(sink)
    left.push(None)
    right.push(None)
    yield from _pull(sink)
    del graph
    yield from islice(new, frames - mixed)


def _push(buffer: Any, frame: VideoFrame, place: int, profile: Profile) -> None:
    frame.pts, frame.time_base = place, Fraction(1, profile.frame_rate)
    buffer.push(frame)


def _pull(sink: Any) -> Iterator[VideoFrame]:
    while True:
        try:
            yield cast("VideoFrame", sink.pull())
        except (av.error.BlockingIOError, av.error.EOFError):
            return


def _graph(kind: str, mixed: int, profile: Profile) -> tuple[Graph, Any, Any, Any]:
    graph = Graph()
    arguments = (
        f"video_size={profile.width}x{profile.height}:pix_fmt=yuv420p:time_base=1/{profile.frame_rate}"
        f":frame_rate={profile.frame_rate}:pixel_aspect=1/1:colorspace=1:range=1"
    )
    left, right = graph.add("buffer", arguments), graph.add("buffer", arguments)
    duration = mixed / profile.frame_rate
    mixer = graph.add("xfade", f"transition={MIXES[kind]}:duration={duration:.6f}:offset=0")
    sink = graph.add("buffersink")
    one, other = left, right
    if kind == THROUGH_BLACK:  # each is black where they meet, and the mixing then shows nothing of both at once
        half = mixed // 2
        one, other = graph.add("fade", f"out:0:{half}"), graph.add("fade", f"in:{half}:{mixed - half}")
        left.link_to(one)
        right.link_to(other)
    one.link_to(mixer, 0, 0)
    other.link_to(mixer, 0, 1)
    mixer.link_to(sink)
    graph.configure()
    return graph, left, right, sink


def _offsets(container: InputContainer, stream: VideoStream, at: int) -> Iterator[tuple[int, bool]]:
    """Yield display position and whether it is a keyframe, in decode order, from the keyframe before ``at`` on."""
    _seek(container, stream, at)
    for packet in container.demux(stream):
        if packet.pts is not None and packet.size:
            yield _position(packet.pts, stream), packet.is_keyframe


def _seek(container: InputContainer, stream: VideoStream, at: int) -> None:
    tick = Fraction(stream.average_rate or 1) * Fraction(stream.time_base or 1)
    container.seek(int(max(0, at - REORDER) / tick), stream=stream, backward=True)


def _position(pts: int, stream: VideoStream) -> int:
    return round(pts * Fraction(stream.average_rate or 1) * Fraction(stream.time_base or 1))


def serve() -> None:
    """Make seams until standard input ends or nothing was asked for a while."""
    for line in _lines():
        order: dict[str, Any] = json.loads(line)
        try:
            answer = make(order)
        except (SeamImpossibleError, av.error.FFmpegError, OSError, StopIteration) as error:
            answer = {"error": f"The transition cannot be made: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _lines() -> Iterator[bytes]:
    """Yield lines of standard input as they come, until it ends or is silent for :data:`IDLE_SECONDS`."""
    waiting = b""
    while select.select([sys.stdin.fileno()], [], [], IDLE_SECONDS)[0]:
        data = os.read(sys.stdin.fileno(), 1 << 16)
        if not data:
            return
        *lines, waiting = (waiting + data).split(b"\n")
        yield from lines


if __name__ == "__main__":
    serve()
