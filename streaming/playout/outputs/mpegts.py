"""H.264 and AAC units as an MPEG transport stream, muxed by FFmpeg into memory."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import av

from streaming.playout.outputs.bitstream import AdtsHeader, ParameterSets
from streaming.playout.units import AUDIO_FRAME, Kind, StreamFormat, Unit

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.stream import Stream

START_MS = 200
"""Milliseconds added to all times, so that the reordering's negative ones vanish."""

PACKET = 188
VIDEO_PID = 0x100
SYNC, STARTS, ADAPTED, RANDOM_ACCESS = 0x47, 0x40, 0x20, 0x40


class TransportStream:
    """Feeds any of PyAV's containers that hold a transport stream with our units."""

    def __init__(self, container: OutputContainer, form: StreamFormat) -> None:
        """Add the two streams."""
        self._container = container
        self._form = form
        self._parameter_sets = ParameterSets.parse(form.video_config)
        self._adts = AdtsHeader(form.audio_config)
        self._video: Stream = container.add_mux_stream("h264", form.frame_rate, width=form.width, height=form.height)
        self._audio: Stream = container.add_mux_stream("aac", form.sample_rate)
        self._video.time_base = Fraction(1, form.frame_rate)
        self._audio.time_base = Fraction(1, form.sample_rate)

    def write(self, unit: Unit) -> int:
        """Mux a unit; returns the bytes it has as elementary stream."""
        is_video = unit.kind is Kind.VIDEO
        data = self._parameter_sets.annex_b(unit) if is_video else self._adts.wrap(unit.data)
        rate = self._form.frame_rate if is_video else self._form.sample_rate
        packet = av.Packet(data)
        packet.stream = self._video if is_video else self._audio
        packet.time_base = Fraction(1, rate)
        shift = START_MS * rate // 1000
        packet.dts, packet.pts = unit.dts + shift, unit.pts + shift
        packet.duration = 1 if is_video else AUDIO_FRAME
        packet.is_keyframe = unit.key
        self._container.mux(packet)
        return len(data)


class _Memory:
    """What PyAV writes to; a file to it."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, data: bytes) -> int:
        self.data += data
        return len(data)


class Muxer:
    """Units in, whole transport stream packets out."""

    def __init__(self, form: StreamFormat) -> None:
        """Begin a stream."""
        self._memory = _Memory()
        options = {"flush_packets": "1", "mpegts_start_pid": str(VIDEO_PID)}
        self._container: OutputContainer = av.open(self._memory, "w", format="mpegts", options=options)
        self._stream = TransportStream(self._container, form)

    def mux(self, units: Sequence[Unit]) -> bytes:
        """Return what has become whole; sound and picture are put in order, so some of it comes with later units."""
        for unit in units:
            self._stream.write(unit)
        data = bytes(self._memory.data)
        self._memory.data.clear()
        return data

    def close(self) -> None:
        """Let go of the memory."""
        self._container.close()


def first_keyframe(data: bytes | bytearray, start: int = 0) -> int:
    """Return the place of the first packet from ``start`` on that begins a keyframe; -1 without one."""
    for place in range(start, len(data), PACKET):
        if (
            data[place + 1] & STARTS
            and data[place + 3] & ADAPTED
            and data[place + 4]
            and data[place + 5] & RANDOM_ACCESS
            and (data[place + 1] & 0x1F) << 8 | data[place + 2] == VIDEO_PID
        ):
            return place
    return -1
