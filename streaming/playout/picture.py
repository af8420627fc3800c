"""Renditions as an endless run of coded frames, each read ahead by a thread so that a slow disk delays nobody."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import av
from av.error import FFmpegError

from streaming.playout.errors import PictureError

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

    from streaming.playout.spec import PictureSpec

AHEAD = 45
"""Frames read ahead: a second and a half at 30 a second."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What every rendition of a run must be: size in pixels, frames per second, avcC record (None: not yet known)."""

    width: int
    height: int
    frame_rate: int
    config: bytes | None


@dataclass(frozen=True, slots=True)
class CodedFrame:
    """A frame in decode order; ``offset`` is its display position in the picture; ``first`` begins a pass."""

    data: bytes
    offset: int
    key: bool
    first: bool


class Feed:
    """One picture's frames, for ever. Made by :func:`open_feed`; :meth:`take` never blocks."""

    def __init__(self, spec: PictureSpec, container: InputContainer, stream: VideoStream) -> None:
        """Start reading ahead."""
        self.spec = spec
        self.config = bytes(stream.codec_context.extradata or b"")
        self._container = container
        self._stream = stream
        self._frames: deque[CodedFrame] = deque()
        self._change = threading.Condition()
        self._closed = False
        self.error: PictureError | None = None
        self._thread = threading.Thread(target=self._read, name="picture", daemon=True)
        self._thread.start()

    @property
    def ready(self) -> bool:
        """Whether :meth:`take` would give a frame."""
        return bool(self._frames)

    def take(self) -> CodedFrame | None:
        """Return the next frame, or None while the disk is slower than the clock (or :attr:`error` is set)."""
        try:
            frame = self._frames.popleft()
        except IndexError:
            return None
        if len(self._frames) < AHEAD // 2:
            with self._change:
                self._change.notify()
        return frame

    def close(self) -> None:
        """Let the reader end; it closes the file."""
        with self._change:
            self._closed = True
            self._change.notify()

    def _read(self) -> None:
        try:
            while not self._closed:
                for frame in _frames(self._container, self._stream):
                    if not self._put(frame):
                        return
                self._container.seek(0)
        except (FFmpegError, OSError, PictureError) as error:
            self.error = PictureError(f"The rendition {self.spec.path.name} cannot be read any more: {error}")
        finally:
            self._container.close()

    def _put(self, frame: CodedFrame) -> bool:
        """Add a frame, waiting for room; False once closed."""
        self._frames.append(frame)
        if len(self._frames) >= AHEAD:
            with self._change:
                self._change.wait_for(lambda: self._closed or len(self._frames) < AHEAD // 2)
        return not self._closed


def open_feed(spec: PictureSpec, shape: Shape) -> Feed:
    """Open a rendition and start reading it ahead. Blocks for as long as the disk takes.

    Raises:
        PictureError: it cannot be opened, or is not what the run sends: size, rate or parameter sets differ.

    """
    try:
        container = av.open(
            f"file:{spec.path}",
            "r",
            format="mp4",
            options={"protocol_whitelist": "file", "codec_whitelist": "h264"},
        )
    except (FFmpegError, OSError) as error:
        raise PictureError(f"The rendition {spec.path.name} cannot be opened: {error}") from error
    try:
        return Feed(spec, container, _fitting(container, spec, shape))
    except PictureError:
        container.close()
        raise


def _fitting(container: InputContainer, spec: PictureSpec, shape: Shape) -> VideoStream:
    if not container.streams.video:
        raise PictureError(f"The rendition {spec.path.name} has no video.")
    stream = container.streams.video[0]
    context = stream.codec_context
    found = f"{context.width}x{context.height} at {stream.average_rate} frames a second"
    sent = f"{shape.width}x{shape.height} at {shape.frame_rate} frames a second"
    if found != sent:
        raise PictureError(f"The rendition {spec.path.name} is {found}; this station sends {sent}.")
    config = bytes(context.extradata or b"")
    if not config or (shape.config is not None and config != shape.config):
        raise PictureError(
            f"The rendition {spec.path.name} was coded with other parameter sets than those on air. Compile it again.",
        )
    return stream


def _frames(container: InputContainer, stream: VideoStream) -> Iterator[CodedFrame]:
    """One pass over the file."""
    tick = Fraction(stream.time_base or Fraction(1)) * Fraction(stream.average_rate or 1)
    origin: int | None = None
    for packet in container.demux(stream):
        if packet.pts is None or not packet.size:
            continue
        first = origin is None
        if origin is None:
            origin = packet.pts
            if not packet.is_keyframe:
                raise PictureError("it does not begin with a keyframe.")
        yield CodedFrame(bytes(packet), round((packet.pts - origin) * tick), packet.is_keyframe, first)
    if origin is None:
        raise PictureError("it holds no frames.")
