"""Units as types, and the one thing that travels through the engine: an encoded unit of picture or sound."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NewType

FrameIndex = NewType("FrameIndex", int)
"""Video frames since the run began; time is index ÷ frame rate."""

SampleIndex = NewType("SampleIndex", int)
"""Audio samples (per channel) since the run began; time is index ÷ sample rate."""

Milliseconds = NewType("Milliseconds", int)

AUDIO_FRAME = 1024
"""Samples in an AAC-LC frame (ISO/IEC 14496-3)."""

REORDER = 2
"""Frames by which decode time runs ahead of display time: the deepest reordering a rendition may have."""


class Kind(Enum):
    """What a unit carries."""

    VIDEO = "video"
    AUDIO = "audio"


@dataclass(frozen=True, slots=True)
class Unit:
    """One encoded access unit, shared by all outputs and never changed.

    ``dts`` and ``pts`` count frames for video (from ``-REORDER``) and samples for audio (from ``-AUDIO_FRAME``,
    the encoder's priming). Video data is length-prefixed (avcC) H.264, audio a raw AAC frame.
    """

    kind: Kind
    data: bytes
    dts: int
    pts: int
    key: bool


@dataclass(frozen=True, slots=True)
class StreamFormat:
    """What never changes during a run: sizes, rates and decoder configurations."""

    width: int
    height: int
    frame_rate: int
    video_config: bytes
    sample_rate: int
    channels: int
    audio_bitrate: int
    audio_config: bytes

    def milliseconds(self, unit: Unit) -> Milliseconds:
        """Decode time of a unit, floored so that steps differ by at most one millisecond from the ideal."""
        rate = self.frame_rate if unit.kind is Kind.VIDEO else self.sample_rate
        return Milliseconds(unit.dts * 1000 // rate)

    def composition_ms(self, unit: Unit) -> Milliseconds:
        """Display time minus decode time of a video unit."""
        if unit.kind is Kind.AUDIO:
            return Milliseconds(0)
        return Milliseconds(unit.pts * 1000 // self.frame_rate - unit.dts * 1000 // self.frame_rate)
