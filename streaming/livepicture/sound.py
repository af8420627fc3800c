"""The sound that pictures are drawn from: the last seconds of it, by sample of the output."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]
SECONDS = 4


class Sound:
    """One channel (all channels' mean) of the sound last heard; what was never heard is silence."""

    def __init__(self, sample_rate: int) -> None:
        """Remember :data:`SECONDS`."""
        self.sample_rate = sample_rate
        self._ring: Samples = np.zeros(sample_rate * SECONDS, np.float32)
        self.until = 0

    def hear(self, sample: int, planes: memoryview, channels: int, length: int) -> None:
        """Take in ``length`` samples that go out from ``sample`` on; no planes are silence."""
        heard: Any = 0.0
        if len(planes):
            heard = np.frombuffer(planes, np.float32).reshape(channels, length).mean(axis=0)
        places = np.arange(sample, sample + length) % len(self._ring)
        self._ring[places] = heard
        self.until = sample + length

    def around(self, middle: float, length: int) -> Samples:
        """Return ``length`` samples with ``middle`` (samples, fractional) in their middle."""
        first = round(middle) - length // 2
        window: Samples = self._ring.take(range(first, first + length), mode="wrap")
        before = min(length, max(0, -first))
        window[:before] = 0
        return window
