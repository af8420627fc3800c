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
from streaming.playout.spec import PictureSpec

if TYPE_CHECKING:
    from pathlib import Path

    from av.container import InputContainer
    from av.video.stream import VideoStream

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


@dataclass(frozen=True)
class Prelude:
    """A seam, played once instead of the picture's first ``frames`` frames, which end with a GOP."""

    container: InputContainer
    stream: VideoStream
    frames: int

    def then(self, container: InputContainer, stream: VideoStream) -> Iterator[CodedFrame]:
        """Yield the seam and what is left of the picture's first pass; all of it counts as one pass.

        Raises:
            PictureError: the picture has no GOP that begins where the seam ends.

        """
        yield from _frames(self.container, self.stream)
        yield from _frames_from(container, stream, self.frames, first=False)


class Feed:
    """One picture's frames, for ever. Made by :func:`open_feed`; :meth:`take` never blocks."""

    def __init__(
        self,
        spec: PictureSpec,
        container: InputContainer,
        stream: VideoStream,
        prelude: Prelude | None = None,
        start: int = 0,
    ) -> None:
        """Start reading ahead, the first pass from display position ``start`` on."""
        self.spec = spec
        self.config = bytes(stream.codec_context.extradata or b"")
        self.frames = int(stream.frames)
        self.seam_frames = prelude.frames if prelude else 0
        self._prelude = prelude
        self._start = start
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
            frames = _frames(self._container, self._stream)
            if self._start:
                frames = _frames_from(self._container, self._stream, self._start, first=True)
            if self._prelude is not None:
                frames = self._prelude.then(self._container, self._stream)
            while not self._closed:
                for frame in frames:
                    if not self._put(frame):
                        return
                self._container.seek(0)
                frames = _frames(self._container, self._stream)
        except (FFmpegError, OSError, PictureError) as error:
            self.error = PictureError(f"The rendition {self.spec.path.name} cannot be read any more: {error}")
        finally:
            self._container.close()
            if self._prelude is not None:
                self._prelude.container.close()

    def _put(self, frame: CodedFrame) -> bool:
        """Add a frame, waiting for room; False once closed."""
        self._frames.append(frame)
        if len(self._frames) >= AHEAD:
            with self._change:
                self._change.wait_for(lambda: self._closed or len(self._frames) < AHEAD // 2)
        return not self._closed


def open_feed(spec: PictureSpec, shape: Shape, seam: tuple[Path, int] | None = None, start: int = 0) -> Feed:
    """Open a rendition and start reading it ahead. Blocks for as long as the disk takes.

    Args:
        spec: the rendition.
        shape: what it has to be.
        seam: the file of a transition that takes the place of its first frames, and how many those are.
        start: the display position, of a keyframe, at which its first pass begins; where there is none, the feed fails.

    Raises:
        PictureError: it cannot be opened, or is not what the run sends: size, rate or parameter sets differ.

    """
    container, stream = _open(spec, shape)
    if seam is None:
        return Feed(spec, container, stream, start=start)
    path, frames = seam
    try:
        return Feed(spec, container, stream, Prelude(*_open(PictureSpec(spec.id, path), shape), frames))
    except PictureError:
        container.close()
        raise


def _open(spec: PictureSpec, shape: Shape) -> tuple[InputContainer, VideoStream]:
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
        return container, _fitting(container, spec, shape)
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
    tick = _tick(stream)
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


def _frames_from(container: InputContainer, stream: VideoStream, start: int, *, first: bool) -> Iterator[CodedFrame]:
    """Yield the rest of a pass from the keyframe at a display position on; ``first`` says whether it begins one.

    Raises:
        PictureError: there is no keyframe.

    """
    tick = _tick(stream)
    container.seek(int(start / tick), stream=stream, backward=True)
    begun = False
    for packet in container.demux(stream):
        if packet.pts is None or not packet.size:
            continue
        offset = round(packet.pts * tick)
        begins = not begun and offset == start and packet.is_keyframe
        begun = begun or begins
        if begun:
            yield CodedFrame(bytes(packet), offset, packet.is_keyframe, first=first and begins)
        elif offset > start:
            break
    if not begun:
        raise PictureError(f"it has no keyframe at frame {start}, where it was to begin.")


def _tick(stream: VideoStream) -> Fraction:
    """Frames per unit of the stream's time."""
    return Fraction(stream.time_base or Fraction(1)) * Fraction(stream.average_rate or 1)
