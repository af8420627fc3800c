"""Reads a finished rendition back and holds it against what playout relies on."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.media.inside.opening import MOV, open_media
from catalog.visuals.inside.encoder import Profile

IDR = 5
NAL_TYPE = 0x1F
REORDER = 2


class BadRenditionError(Exception):
    """The compiler made something that must not go on air; the text says what."""


@dataclass(frozen=True)
class Step:
    """A packet in decode order: its place in showing order, its decode time, whether it is an IDR; in frames."""

    shown: int
    decoded: int
    idr: bool


def verify(handle: int, profile: Profile, frames: int) -> bytes:
    """Return the avcC record of the rendition.

    Raises:
        BadRenditionError: frames are missing or doubled, a GOP is too long or open, or times are not whole frames.

    """
    with open_media(handle, containers=MOV, codecs="h264") as container:
        stream = container.streams.video[0]
        extradata = bytes(stream.codec_context.extradata or b"")
        size = (stream.codec_context.width, stream.codec_context.height)
        base = stream.time_base
        steps = []
        for packet in container.demux(stream):
            if packet.pts is None or packet.dts is None or base is None:
                continue
            shown, decoded = packet.pts * base * profile.frame_rate, packet.dts * base * profile.frame_rate
            _must(shown.denominator == decoded.denominator == 1, "a frame is not at a whole frame's time")
            steps.append(Step(int(shown), int(decoded), packet.is_keyframe and _has_idr(bytes(packet))))
    _must(size == (profile.width, profile.height), f"the picture has {size[0]}×{size[1]} pixels")
    _must(extradata[:1] == b"\x01", "there is no avcC record")
    check_steps(steps, frames, profile.gop_frames)
    return extradata


def check_steps(steps: list[Step], frames: int, gop_frames: int) -> None:
    """Hold the order of packets against the rules.

    Raises:
        BadRenditionError: the first rule that is broken.

    """
    _must(sorted(s.shown for s in steps) == list(range(frames)), f"there are not exactly the frames 0 to {frames - 1}")
    start = steps[0].decoded if steps else 0
    _must([s.decoded for s in steps] == list(range(start, start + frames)), "decode times are not one frame apart")
    _must(-REORDER <= start <= 0, f"decoding starts at frame {start}")
    _must(all(s.shown >= s.decoded for s in steps), "a frame is shown before it is decoded")
    expected = list(range(0, frames, gop_frames))
    _must([s.shown for s in steps if s.idr] == expected, f"keyframes are not {gop_frames} frames apart")
    latest = -1
    for place, step in enumerate(steps):
        _must(not step.idr or step.shown == place, "a GOP is open: frames of two GOPs are mixed")
        latest = max(latest, step.shown)
        _must(latest - place <= REORDER, "frames are reordered too far")


def _has_idr(data: bytes) -> bool:
    """Tell whether an access unit in avcC form (lengths of four bytes) holds an IDR slice (ITU-T H.264 table 7-1)."""
    place = 0
    while place + 4 < len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        if data[place + 4] & NAL_TYPE == IDR:
            return True
        place += 4 + length
    return False


def _must(holds: bool, otherwise: str) -> None:  # noqa: FBT001  # reads as a sentence: must(this, otherwise that)
    if not holds:
        raise BadRenditionError(f"The compiled loop is not right: {otherwise}.")
