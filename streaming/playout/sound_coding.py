"""The sound's last step: AAC-LC, once for all outputs; what came as such goes out as it came."""

from __future__ import annotations

from collections import deque
from fractions import Fraction
from typing import TYPE_CHECKING

import av

from streaming.playout.coded import LAYOUTS, SAMPLE_FORMAT, Coded, Frame, Unpacker, silence
from streaming.playout.units import AUDIO_FRAME, Kind, Unit

if TYPE_CHECKING:
    from av.audio.codeccontext import AudioCodecContext
    from av.audio.frame import AudioFrame

CODER = "fast"
"""FFmpeg's other search (``twoloop``, its default) takes two and a half times as long, six times for speech, and leaves
more noise above what hides it at every rate from 64 to 192 kbit/s (docs/capacity.md)."""

BEHIND = 2
"""Frames given before a frame's packet comes: it overlaps the next one, and the search looks at one more."""


class SoundEncoder:
    """Gives a unit for every frame, two frames later; its configuration never changes during a run.

    Where coded frames follow samples or the other way round, the encoder also gets the samples of the coded ones around
    the joint, so that each frame's second half is completed by the next one's first half. Only where both were coded
    with different windows a trace of the joint is left, within that one frame.
    """

    def __init__(self, sample_rate: int, channels: int, bitrate: int) -> None:
        """Open the encoder."""
        context: AudioCodecContext = av.CodecContext.create("aac", "w")
        context.sample_rate = sample_rate
        context.layout = LAYOUTS[channels]
        context.format = SAMPLE_FORMAT
        context.bit_rate = bitrate
        context.options = {"aac_coder": CODER}
        context.time_base = Fraction(1, sample_rate)
        context.open()
        self._context = context
        self.config = bytes(context.extradata or b"")
        self._time_base = Fraction(1, sample_rate)
        self._pts = 0
        self._silence = silence(sample_rate, channels)
        self._unpacker = Unpacker(sample_rate, channels)
        self._waiting: deque[Coded | None] = deque([None] * BEHIND)

    def encode(self, frame: Frame | None) -> list[Unit]:
        """Take the next :data:`AUDIO_FRAME` samples, silence for None; give the unit of the frame before the last.

        A packet needs its own frame and the two that follow: while all three are coded already, the encoder rests.
        """
        self._waiting.append(frame if isinstance(frame, Coded) else None)
        due = self._waiting.popleft()
        packets: list[bytes] = []
        if due is None or None in self._waiting:
            packets = self._encoded(self._unpacker.samples_of(frame) if isinstance(frame, Coded) else frame)
        self._pts += AUDIO_FRAME
        if due is not None:
            packets = [due.data]
        time = self._pts - BEHIND * AUDIO_FRAME - AUDIO_FRAME
        return [Unit(Kind.AUDIO, packet, time, time, key=True) for packet in packets]

    def _encoded(self, frame: AudioFrame | None) -> list[bytes]:
        given = frame if frame is not None else self._silence
        given.pts = self._pts
        given.time_base = self._time_base
        return [bytes(packet) for packet in self._context.encode(given)]
