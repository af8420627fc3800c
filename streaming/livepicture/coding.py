"""Codes pictures as they come, exactly as renditions are coded, so that both can follow each other in one stream."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
from av import Packet, VideoFrame
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

from catalog.visuals.inside.encoder import Profile, prepare

SPS, PPS = 7, 8
NAL_TYPE = 0x1F
HIGH_PROFILES = frozenset({100, 110, 122, 144})
# Motion is looked for less thoroughly than in renditions: a third less work, a twentieth more bits, the same headers.
FASTER = "me=dia:subme=1"
YUV_420_8_BITS = bytes((0xFC | 1, 0xF8, 0xF8, 0))


@dataclass(frozen=True, slots=True)
class LiveFrame:
    """A coded frame, in decode order: length-prefixed (avcC) H.264, its place in showing order, whether it is an IDR.

    ``offset`` counts from 0, the first picture this encoder was given.
    """

    data: bytes
    offset: int
    key: bool


class LiveEncoder:
    """An encoder with a rendition's parameter sets, closed GOPs, reordering and rate control, but no file.

    It holds pictures back for about half a second (lookahead and B-frames) and works in the caller's thread alone:
    frame threads would hold back more and cost more in all.
    """

    def __init__(self, profile: Profile) -> None:
        """Open the encoder."""
        self._profile = profile
        context = av.CodecContext.create("libx264", "w")
        if not isinstance(context, VideoCodecContext):
            raise TypeError("libx264 is not an encoder of pictures.")
        prepare(context, profile)
        context.thread_count = 1
        parameters = context.options["x264-params"]
        context.options = {**context.options, "x264-params": f"{parameters}:{FASTER}"}
        context.flags |= Flags.global_header
        context.open()
        self._context = context
        self.config = avcc(bytes(context.extradata or b""))
        self.frames = 0

    def encode(self, picture: VideoFrame) -> list[LiveFrame]:
        """Code the next picture (yuv420p, of the profile's size); returns what is ready, often nothing at first.

        The picture's time and type are written over; every ``gop_frames``-th one becomes an IDR.
        """
        picture.pts = self.frames
        picture.time_base = Fraction(1, self._profile.frame_rate)
        due = self.frames % self._profile.gop_frames == 0
        picture.pict_type = PictureType.I if due else PictureType.NONE
        self.frames += 1
        return [_frame(packet) for packet in self._context.encode(picture)]

    def finish(self) -> list[LiveFrame]:
        """Return what is still held back; nothing can be coded afterwards."""
        return [_frame(packet) for packet in self._context.encode(None)]


def avcc(headers: bytes) -> bytes:
    """Return the avcC record (ISO/IEC 14496-15 §5.3.3.1) of SPS and PPS in Annex B form, as libav's muxers write it.

    Raises:
        ValueError: there is not exactly one of each.

    """
    units = list(nal_units(headers))
    sps = [unit for unit in units if unit[0] & NAL_TYPE == SPS]
    pps = [unit for unit in units if unit[0] & NAL_TYPE == PPS]
    if len(sps) != 1 or len(pps) != 1:
        raise ValueError(
            f"The encoder gave {len(sps)} sequence and {len(pps)} picture parameter sets, not one of each."
        )
    tail = YUV_420_8_BITS if sps[0][1] in HIGH_PROFILES else b""
    return b"".join(
        (
            bytes((1, *sps[0][1:4], 0xFF, 0xE1)),
            struct.pack(">H", len(sps[0])),
            sps[0],
            struct.pack(">BH", 1, len(pps[0])),
            pps[0],
            tail,
        ),
    )


def nal_units(data: bytes) -> Iterator[bytes]:
    """Yield the units of a stream in Annex B form (ITU-T H.264 annex B), without start codes and padding."""
    place = data.find(b"\0\0\1")
    while place >= 0:
        after = data.find(b"\0\0\1", place + 3)
        unit = data[place + 3 : after if after >= 0 else len(data)].rstrip(b"\0")
        if unit:
            yield unit
        place = after


def _frame(packet: Packet[Any]) -> LiveFrame:
    if packet.pts is None:
        raise ValueError("The encoder gave a frame without a time.")
    data = b"".join(struct.pack(">I", len(unit)) + unit for unit in nal_units(bytes(packet)))
    return LiveFrame(data, packet.pts, packet.is_keyframe)
