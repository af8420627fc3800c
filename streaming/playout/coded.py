"""Sound that goes out as its source coded it: frames of AAC, and their samples where something is done to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import av
from av.audio.frame import AudioFrame
from av.error import FFmpegError

from streaming.playout.units import AUDIO_FRAME

if TYPE_CHECKING:
    from av.audio.codeccontext import AudioCodecContext

SAMPLE_FORMAT = "fltp"
LAYOUTS = {1: "mono", 2: "stereo"}
RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
"""By their index in AAC's headers (ISO/IEC 14496-3, table 1.18)."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A raw AAC-LC frame of :data:`AUDIO_FRAME` samples in the output's rate and channels, and the frame before it.

    A frame's samples are the sum of its own first half and the second half of the one before.
    """

    data: bytes
    before: bytes


Frame = AudioFrame | Coded


def silence(sample_rate: int, channels: int) -> AudioFrame:
    """Return a frame of it."""
    frame = AudioFrame(SAMPLE_FORMAT, LAYOUTS[channels], AUDIO_FRAME)
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    frame.sample_rate = sample_rate
    return frame


def configuration(sample_rate: int, channels: int) -> bytes:
    """Return the AudioSpecificConfig of AAC-LC (ISO/IEC 14496-3, 1.6.2.1).

    Raises:
        ValueError: AAC has no such rate.

    """
    return (2 << 11 | RATES.index(sample_rate) << 7 | channels << 3).to_bytes(2, "big")


class Unpacker:
    """Gives the samples of coded frames. Belongs to one thread; nothing is opened before the first frame."""

    def __init__(self, sample_rate: int, channels: int) -> None:
        """Set what the frames are."""
        self._rate = sample_rate
        self._channels = channels
        self._context: AudioCodecContext | None = None
        self._last: bytes | None = None

    def samples_of(self, coded: Coded) -> AudioFrame:
        """Return a frame's samples; silence where it is damaged."""
        try:
            if self._last is not coded.before:
                self._anew(coded.before)
            self._last = coded.data
            frames = self._opened().decode(av.Packet(coded.data))
        except FFmpegError:
            self._last = None
            return silence(self._rate, self._channels)
        whole = [frame for frame in frames if isinstance(frame, AudioFrame) and frame.samples == AUDIO_FRAME]
        return whole[0] if whole else silence(self._rate, self._channels)

    def _anew(self, before: bytes) -> None:
        """Begin with the frame before; the half that it gives to the next one is all that matters of it."""
        context = self._opened()
        context.flush_buffers()
        if before:
            context.decode(av.Packet(before))

    def _opened(self) -> AudioCodecContext:
        if self._context is None:
            context: AudioCodecContext = av.CodecContext.create("aac", "r")
            context.extradata = configuration(self._rate, self._channels)
            context.open()
            self._context = context
        return self._context
