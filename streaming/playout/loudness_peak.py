"""True peak: what a converter makes between two samples, by four times oversampling (BS.1770-4, annex 2).

The interpolation is one matrix product per frame over overlapping blocks of 32 samples, which costs a seventh of a
per cent of a core, where a resampler to 192 kHz takes half a per cent.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from streaming.playout.samples import Samples
from streaming.playout.units import AUDIO_FRAME

BLOCK = 32
"""Samples per peak value: two thirds of a millisecond at 48 kHz."""

BLOCKS = AUDIO_FRAME // BLOCK
TAPS = 48
PHASES = 3
HISTORY = TAPS - 1


def _kernel() -> NDArray[np.float32]:
    """Return (taps, phases): a Kaiser-windowed sinc at a quarter, half and three quarters between two samples."""
    places = np.arange(TAPS) - (TAPS // 2 - 1)
    shifts = np.arange(1, PHASES + 1) / (PHASES + 1)
    distance = places[:, None] - shifts[None, :]
    window = np.i0(6.0 * np.sqrt(np.clip(1.0 - (distance / (TAPS / 2)) ** 2, 0.0, None))) / np.i0(6.0)
    kernel = np.sinc(distance) * window
    return np.asarray(kernel / kernel.sum(axis=0), dtype=np.float32)


def _matrix() -> NDArray[np.float32]:
    """Return the product's right side: (history + block, block x phases)."""
    kernel = _kernel()
    matrix = np.zeros((HISTORY + BLOCK, BLOCK * PHASES), dtype=np.float32)
    for place in range(BLOCK):
        matrix[place : place + TAPS, place * PHASES : (place + 1) * PHASES] = kernel
    return matrix


MATRIX = _matrix()


class PeakFinder:
    """Peaks of frame after frame, over all channels."""

    def __init__(self, channels: int) -> None:
        """Start after silence."""
        self._line = np.zeros((channels, HISTORY + AUDIO_FRAME), dtype=np.float32)
        row, step = self._line.strides
        self._blocks = np.lib.stride_tricks.as_strided(
            self._line, (channels, BLOCKS, HISTORY + BLOCK), (row, step * BLOCK, step), writeable=False
        )

    def peaks(self, samples: Samples) -> NDArray[np.float32]:
        """Return the highest peak of each block, between samples too.

        What lies between samples is told up to :data:`TAPS` ÷ 2 samples late, so a peak may be found in the block
        after the one it belongs to.
        """
        line = self._line
        line[:, :HISTORY] = line[:, -HISTORY:]
        line[:, HISTORY:] = samples
        channels = line.shape[0]
        between = self._blocks.reshape(channels * BLOCKS, HISTORY + BLOCK) @ MATRIX
        own = samples.reshape(channels * BLOCKS, BLOCK)
        highest = np.maximum(np.abs(between).max(axis=1), np.abs(own).max(axis=1))
        return np.asarray(highest.reshape(channels, BLOCKS).max(axis=0), dtype=np.float32)
