"""Takes the messages of an RTMP stream apart: H.264 pictures, AAC sound, their times. Pure.

Formats: Adobe, "Video File Format Specification 10.1", annex E.4; "Enhanced RTMP" for what newer programs may send.
"""

from __future__ import annotations

from dataclasses import dataclass

from streaming.ingest.inside.errors import UnusableError

H264, AAC = 7, 10
HEADER, MEDIA = 0, 1
EXTENDED = 0x80
KEY = 1
NAMES = {b"hvc1": "HEVC", b"av01": "AV1", b"vp09": "VP9", b"avc1": "H.264 in a newer form", 2: "H.263", 4: "VP6"}
SOUNDS = {2: "MP3", 0: "PCM", 3: "PCM", 7: "G.711", 8: "G.711", 11: "Speex", 9: "another codec"}


@dataclass(frozen=True, slots=True)
class Coded:
    """A coded picture or piece of sound; ``dts`` and ``pts`` in milliseconds. A ``header`` configures the decoder."""

    data: bytes
    dts: int
    pts: int
    key: bool
    header: bool


def video(body: bytes, timestamp: int) -> Coded | None:
    """Read a picture message; None for one that holds none.

    Raises:
        UnusableError: the picture is not H.264.

    """
    if not body:
        return None
    if body[0] & EXTENDED:
        raise UnusableError(_not_h264(NAMES.get(bytes(body[1:5]), "another codec")))
    codec, kind = body[0] & 0x0F, body[0] >> 4
    if codec != H264:
        raise UnusableError(_not_h264(NAMES.get(codec, "another codec")))
    if len(body) < 5 or body[1] not in {HEADER, MEDIA}:  # noqa: PLR2004 - the fixed part
        return None
    shift = int.from_bytes(body[2:5], "big", signed=True)
    return Coded(bytes(body[5:]), timestamp, timestamp + shift, kind == KEY, body[1] == HEADER)


def audio(body: bytes, timestamp: int) -> Coded | None:
    """Read a sound message; None for one that holds none.

    Raises:
        UnusableError: the sound is not AAC.

    """
    if len(body) < 2:  # noqa: PLR2004 - the fixed part
        return None
    codec = body[0] >> 4
    if codec != AAC:
        name = SOUNDS.get(codec, "another codec")
        raise UnusableError(f"The sound is coded as {name}. Set the audio encoder to AAC.")
    return Coded(bytes(body[2:]), timestamp, timestamp, key=True, header=body[1] == HEADER)


def _not_h264(name: str) -> str:
    return f"The picture is coded as {name}. Set the video encoder to H.264 (x264, NVENC H.264, QuickSync H.264 …)."
