"""How one lane gives way to another. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from streaming.playout.units import AUDIO_FRAME

if TYPE_CHECKING:
    from streaming.playout.samples import Samples

CROSSFADE = 0.05
"""Seconds over which one lane gives way to another."""


def summed(new: Samples | None, rise: Samples, old: Samples | None, fall: Samples) -> Samples | None:
    """Return two lanes' samples, each with its fade; None where there is neither."""
    if new is None or old is None:
        return old * fall if old is not None else None if new is None else new * rise
    return new * rise + old * fall


def fades(sample_rate: int) -> list[tuple[Samples, Samples]]:
    """Return, per frame of a crossfade, how the new lane rises and the old one falls; their power stays the same."""
    frames = max(1, round(CROSSFADE * sample_rate / AUDIO_FRAME))
    phase = (np.arange(frames * AUDIO_FRAME, dtype=np.float32) + 0.5) / (frames * AUDIO_FRAME) * np.float32(np.pi / 2)
    rise = np.sin(phase).reshape(frames, AUDIO_FRAME)
    fall = np.cos(phase).reshape(frames, AUDIO_FRAME)
    return list(zip(rise, fall, strict=True))
