"""Reads every picture of a loop, in order, with its time; anything wrong on the way refuses the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Self

import av.error
from av import Packet, VideoFrame
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from catalog.media.inside.job import RefusedError
from catalog.media.inside.opening import MATROSKA, MOV, open_media

CONTAINERS = f"{MOV},{MATROSKA}"
DECODERS = "h264,hevc,vp9,libdav1d,av1"
CODECS = {"h264": "H.264", "hevc": "HEVC", "vp9": "VP9", "av1": "AV1"}
LARGEST_SIDE = 4096
LONGEST_SECONDS = 1800
MOST_FRAMES = LONGEST_SECONDS * 240
# With "explode" the decoders give up on the first thing that is wrong instead of hiding it.
STRICT = {"err_detect": "crccheck+bitstream+buffer+explode", "max_pixels": str(LARGEST_SIDE**2)}
DECODER_THREADS = 2


@dataclass
class Picture:
    """A decoded picture; ``at`` and ``until`` are seconds on the file's own clock."""

    frame: VideoFrame
    at: Fraction
    until: Fraction


class LoopReader:
    """An open loop: its video stream and what was counted while reading it."""

    def __init__(self, handle: int) -> None:
        self.container: InputContainer = open_media(handle, containers=CONTAINERS, codecs=DECODERS)
        self.stream = self._choose()
        self.codec = self._codec()
        self.stream.codec_context.options = dict(STRICT)
        self.stream.codec_context.thread_count = DECODER_THREADS
        self.packets = 0
        self.packets_end = Fraction(0)
        self.good_until = Fraction(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.container.close()

    @property
    def aspect(self) -> Fraction:
        """The shape of a pixel, width by height; 1 where the file does not say or says nonsense."""
        said = self.stream.sample_aspect_ratio
        return said if said and Fraction(1, 20) <= said <= Fraction(20) else Fraction(1)

    def pictures(self) -> Iterator[Picture]:
        """Yield all pictures with rising times.

        Raises:
            RefusedError: the first packet or picture that is damaged, too large, or too far away in time.

        """
        waiting: Picture | None = None
        for frame in self._frames():
            picture = self._timed(frame, waiting)
            if waiting and picture.at <= waiting.at:
                continue
            if waiting:
                waiting.until = picture.at
                yield waiting
            waiting, self.good_until = picture, picture.at
        if waiting is None:
            raise RefusedError("The video has no picture that can be read.")
        yield waiting

    def _frames(self) -> Iterator[VideoFrame]:
        try:
            for packet in self.container.demux():
                self._count(packet)
                if self._is_ours(packet):
                    yield from self._decoded(packet)
        except MemoryError:
            raise
        except (av.error.FFmpegError, ValueError) as error:
            raise RefusedError(self._damaged()) from error

    def _decoded(self, packet: Packet[Any]) -> Iterator[VideoFrame]:
        for frame in self.stream.codec_context.decode(packet):
            if frame.is_corrupt:
                raise RefusedError(self._damaged())
            check_size(frame.width, frame.height)
            yield frame

    def _count(self, packet: Packet[Any]) -> None:
        if packet.is_corrupt:
            raise RefusedError(self._damaged())
        if packet.pts is not None and packet.time_base:
            self.packets_end = max(self.packets_end, (packet.pts + (packet.duration or 0)) * packet.time_base)
        if packet.size and self._is_ours(packet):
            self.packets += 1
            if self.packets > MOST_FRAMES:
                raise RefusedError(too_long())

    def _is_ours(self, packet: Packet[Any]) -> bool:
        # The empty packets at the end, which ask a decoder for its last pictures, carry no index.
        return bool(packet.stream.index == self.stream.index)

    def _timed(self, frame: VideoFrame, before: Picture | None) -> Picture:
        base = frame.time_base or self.stream.time_base or Fraction(1, 1000)
        at = frame.pts * base if frame.pts is not None else (before.until if before else Fraction(0))
        if before and at - before.at > LONGEST_SECONDS:
            raise RefusedError(too_long())
        return Picture(frame, at, at + self._length(frame, base, at, before))

    def _length(self, frame: VideoFrame, base: Fraction, at: Fraction, before: Picture | None) -> Fraction:
        if frame.duration:
            return frame.duration * base
        if self.stream.average_rate:
            return 1 / self.stream.average_rate
        return at - before.at if before else Fraction(1, 25)

    def _choose(self) -> VideoStream:
        streams = [s for s in self.container.streams.video if not s.disposition & Disposition.attached_pic]
        if not streams:
            raise RefusedError("The file holds no video. Send one with a moving picture.")
        return streams[0]

    def _codec(self) -> str:
        name = self.stream.codec_context.codec.canonical_name
        if name not in CODECS:
            raise RefusedError(
                f"The video is coded as {name or 'something unknown'}. Export it as H.264, HEVC, VP9 or AV1.",
            )
        context = self.stream.codec_context
        check_size(context.width, context.height)
        return name

    def _damaged(self) -> str:
        second = float(self.good_until)
        return f"The video is damaged or cut off about {second:.1f} s from its beginning. Export it again."


def check_size(width: int, height: int) -> None:
    """Refuse a picture that is larger than any screen we fill.

    Raises:
        RefusedError: a side has more than 4096 pixels.

    """
    if width > LARGEST_SIDE or height > LARGEST_SIDE:
        raise RefusedError(
            f"The picture has {width}×{height} pixels; at most {LARGEST_SIDE} on a side are taken. Export it smaller.",
        )


def too_long() -> str:
    """Return the sentence for a video that does not end in time."""
    return f"The video is longer than {LONGEST_SECONDS // 60} minutes. Cut it."
