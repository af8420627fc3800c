"""A look-ahead limiter: the true peak of what goes out stays below a limit, and nothing is touched that already is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from streaming.playout.loudness_peak import BLOCK, BLOCKS, PeakFinder
from streaming.playout.samples import Samples
from streaming.playout.units import AUDIO_FRAME

AHEAD = 8
"""Blocks (of 32 samples) within which the gain comes down before a peak: 5 ms."""

RELEASE_SECONDS = 0.12
MARGIN_DB = 0.35
"""Kept below the limit: a moving gain makes little peaks of its own, and 48 taps miss a little of hard material."""

UNTOUCHED = 0.9999
_RAMP = (np.arange(BLOCK, dtype=np.float32) + 1) / BLOCK


class Limiter:
    """Gives back each frame one frame later, with its gain.

    The gain has one value per block's edge and is straight in between. A value is the mean of nine minima, each of
    which looks over the peaks from one block before to nine after it, so on both edges of every block it is at most
    what the block's peak allows, and it comes down in a straight line of 5 ms.
    """

    def __init__(self, sample_rate: int, channels: int) -> None:
        """Start with no gain taken away."""
        self._finder = PeakFinder(channels)
        self._keep = float(np.exp(-BLOCK / (RELEASE_SECONDS * sample_rate)))
        self._waiting = np.zeros((channels, AUDIO_FRAME), dtype=np.float32)
        self._peaks = np.zeros(1 + BLOCKS, dtype=np.float32)
        self._held = [1.0] * (AHEAD + 1)
        self._edge = 1.0
        self._limit = 1.0
        self.peak = 0.0

    def set_limit(self, db: float) -> None:
        """Set the limit (dBTP)."""
        self._limit = float(10.0 ** ((db - MARGIN_DB) / 20.0))

    def push(self, samples: Samples) -> NDArray[np.float32] | None:
        """Take the next frame; returns the gain for each sample of the one before, None where it needs none.

        1. Find the peaks of the new frame.
        2. Nothing too high anywhere near, and no gain on its way back: all is well.
        3. Else work out the gain at each block's edge.
        """
        fresh = self._finder.peaks(samples)
        near = np.concatenate([self._peaks, fresh[: AHEAD + 2]])
        self._peaks = np.concatenate([self._peaks[-1:], fresh])
        self.peak = float(near[1 : BLOCKS + 1].max())
        if float(near.max()) <= self._limit and min(self._held) > UNTOUCHED and self._edge > UNTOUCHED:
            self._held = [1.0] * (AHEAD + 1)
            self._edge = 1.0
            return None
        gain = self._gain(near)
        self.peak = float((near[1 : BLOCKS + 1] * np.maximum(gain[BLOCK - 1 :: BLOCK], gain[::BLOCK])).max())
        return gain

    def _gain(self, near: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the gain of each sample; ``near`` has one block before the frame and ten after it."""
        allowed = np.minimum(1.0, self._limit / np.maximum(near, 1e-9))
        lowest = np.lib.stride_tricks.sliding_window_view(allowed, AHEAD + 3).min(axis=1)[:BLOCKS]
        held = self._held
        last = held[-1]
        for low in lowest.tolist():
            last = min(low, 1.0 - (1.0 - last) * self._keep)
            held.append(last)
        edges = np.convolve(held, np.full(AHEAD + 1, 1.0 / (AHEAD + 1)), "valid")[1:]
        self._held = held[-(AHEAD + 1) :]
        before = np.concatenate([[self._edge], edges[:-1]])
        self._edge = float(edges[-1])
        return np.asarray(
            (before[:, None] + (edges - before)[:, None] * _RAMP).reshape(-1),
            dtype=np.float32,
        )
