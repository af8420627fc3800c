"""One MP4 file of our units, that can be played however its writing ends.

While it is written it is a fragmented MP4, a fragment a GOP; when it is closed it gets the index that makes it an
ordinary one, which opens everywhere.
"""

from __future__ import annotations

import io
import struct
from fractions import Fraction
from typing import TYPE_CHECKING, BinaryIO

import av
from av.error import FFmpegError

from streaming.playout.outputs import flv
from streaming.playout.units import AUDIO_FRAME, Kind, StreamFormat, Unit

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.stream import Stream

FLV_START = b"FLV\x01\x05\x00\x00\x00\x09\x00\x00\x00\x00"
AUDIO_TAG, VIDEO_TAG = 8, 9
HEAD = struct.Struct(">I4s")
LARGE = struct.Struct(">Q")


class Mp4File:
    """An open file; its first units are a keyframe and sound. Calls raise ``OSError``."""

    def __init__(self, file: BinaryIO, form: StreamFormat, key: Unit, sound: Unit) -> None:
        """Begin at the keyframe's decode time."""
        self._form = form
        self._base = {
            Kind.VIDEO: key.dts,
            Kind.AUDIO: key.dts * form.sample_rate // form.frame_rate,
        }
        self._container: OutputContainer = av.open(file, "w", format="mp4", options={"movflags": "hybrid_fragmented"})
        with av.open(_template(form, key, sound), format="flv") as template:
            video = self._container.add_stream_from_template(template.streams.video[0])
            audio = self._container.add_stream_from_template(template.streams.audio[0])
        video.time_base, audio.time_base = Fraction(1, form.frame_rate), Fraction(1, form.sample_rate)
        self._streams: dict[Kind, Stream] = {Kind.VIDEO: video, Kind.AUDIO: audio}
        self.bytes = 0
        self.frames = 0

    @property
    def seconds(self) -> float:
        """How much of picture it holds."""
        return self.frames / self._form.frame_rate

    def is_before(self, unit: Unit) -> bool:
        """Tell whether a unit is older than the file's beginning."""
        return unit.dts < self._base[unit.kind]

    def write(self, unit: Unit) -> None:
        """Write a unit; one that is older than the beginning is left out."""
        if self.is_before(unit):
            return
        is_video, base = unit.kind is Kind.VIDEO, self._base[unit.kind]
        packet = av.Packet(unit.data)
        packet.stream = self._streams[unit.kind]
        packet.time_base = Fraction(1, self._form.frame_rate if is_video else self._form.sample_rate)
        packet.dts, packet.pts = unit.dts - base, unit.pts - base
        packet.duration = 1 if is_video else AUDIO_FRAME
        packet.is_keyframe = unit.key
        self._container.mux(packet)
        self.bytes += len(unit.data)
        self.frames += is_video

    def close(self) -> None:
        """Write what is still in memory, and the index."""
        self._container.close()


def cut_to_whole(file: BinaryIO) -> None:
    """Cut off what a file's writer had begun and not finished: a box that is not whole, a fragment without its data."""
    size = file.seek(0, io.SEEK_END)
    place = whole = 0
    while place + HEAD.size <= size:
        file.seek(place)
        length, kind = HEAD.unpack(file.read(HEAD.size))
        if length == 1 and place + HEAD.size + LARGE.size <= size:
            (length,) = LARGE.unpack(file.read(LARGE.size))
        if length < HEAD.size or place + length > size:
            break
        place += length
        if kind != b"moof":
            whole = place
    if whole < size:
        file.truncate(whole)


def seconds_of(file: BinaryIO) -> float | None:
    """Return how long a file plays; None if it holds nothing that plays."""
    file.seek(0)
    try:
        with av.open(file, "r", format="mp4") as container:
            return container.duration / av.time_base if container.duration else None
    except (FFmpegError, OSError):
        return None


def _template(form: StreamFormat, key: Unit, sound: Unit) -> BinaryIO:
    """Return a tiny FLV with our streams: from it FFmpeg learns what it has to write into a header."""
    bodies = [(VIDEO_TAG, part) if place == 0 else (AUDIO_TAG, part) for place, part in enumerate(flv.headers(form))]
    bodies += [(VIDEO_TAG, flv.tag(key, form) + key.data), (AUDIO_TAG, flv.tag(sound, form) + sound.data)]
    tags = [
        bytes([kind]) + len(body).to_bytes(3, "big") + bytes(7) + body + (11 + len(body)).to_bytes(4, "big")
        for kind, body in bodies
    ]
    return io.BytesIO(FLV_START + b"".join(tags))
