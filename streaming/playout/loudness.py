"""How loud what goes out is: EBU R 128 (ITU-R BS.1770-4), measured without a break.

Momentary loudness (400 ms) and short-term loudness (3 s) come from libavfilter's ``ebur128``, which costs a seventh of
a per cent of a core. The integrated loudness is that of the last hour: a station never ends, so a programme's
integrated loudness has no beginning to count from, and an hour is what a listener or an auditor compares.
"""

from __future__ import annotations

from collections import deque
from fractions import Fraction
from typing import Any

import numpy as np
from av.audio.frame import AudioFrame
from av.filter import Graph
from numpy.typing import NDArray

from streaming.playout.coded import LAYOUTS, SAMPLE_FORMAT, silence
from streaming.playout.units import AUDIO_FRAME

STEP = 0.1
"""Seconds between two values: gating blocks overlap by 75 % (BS.1770-4, 5.1)."""

HOUR = 3600.0
ABSOLUTE_GATE = -70.0
RELATIVE_GATE = -10.0
OFFSET = -0.691
PEAK_SECONDS = 10
FLOOR = -120.0
"""What silence is told as, where a number is needed (LUFS, dBTP)."""


def power_of(lufs: float) -> float:
    """Return the weighted mean square that a loudness stands for."""
    return float(10.0 ** ((lufs - OFFSET) / 10.0))


AUDIBLE = power_of(ABSOLUTE_GATE)


def gated(powers: NDArray[np.float64]) -> float | None:
    """Return the gated loudness (LUFS) of momentary powers 100 ms apart; None if all of it is below the gate."""
    loud = powers[powers >= AUDIBLE]
    if not loud.size:
        return None
    counted = loud[loud >= loud.mean() * 10.0 ** (RELATIVE_GATE / 10.0)]
    return OFFSET + 10.0 * float(np.log10(counted.mean()))


class Blocks:
    """The momentary values of a stretch of time as powers, which is what is averaged; oldest dropped first."""

    def __init__(self, seconds: float) -> None:
        """Keep this many seconds."""
        self._powers = np.zeros(round(seconds / STEP), dtype=np.float64)
        self._count = 0

    def add(self, lufs: float) -> None:
        """Add a value."""
        self._powers[self._count % self._powers.size] = power_of(lufs)
        self._count += 1

    @property
    def seconds(self) -> float:
        """How much is kept."""
        return min(self._count, self._powers.size) * STEP

    @property
    def audible(self) -> float:
        """Seconds of what is kept that pass the absolute gate."""
        return int(np.count_nonzero(self._powers >= AUDIBLE)) * STEP

    def gated(self) -> float | None:
        """Return the gated loudness of what is kept."""
        return gated(self._powers[: self._count])


class PeakHold:
    """The highest peak of the last ten seconds, linear."""

    def __init__(self) -> None:
        """Start at nothing."""
        self._seconds: deque[float] = deque([0.0], maxlen=PEAK_SECONDS)
        self._samples = 0

    def hold(self, peak: float, sample_rate: int) -> None:
        """Note one frame's peak."""
        self._samples += AUDIO_FRAME
        if self._samples >= sample_rate:
            self._samples -= sample_rate
            self._seconds.append(0.0)
        self._seconds[-1] = max(self._seconds[-1], peak)

    @property
    def highest(self) -> float | None:
        """DBTP; None while there was nothing but silence."""
        highest = max(self._seconds)
        return 20.0 * float(np.log10(highest)) if highest > 10.0 ** (FLOOR / 20.0) else None


class Meter:
    """Takes every frame that goes out; belongs to one thread, its figures may be read from any."""

    def __init__(self, sample_rate: int, channels: int) -> None:
        """Build the filter."""
        self._time_base = Fraction(1, sample_rate)
        self._step = round(sample_rate * STEP)
        self._graph = _graph(sample_rate, LAYOUTS[channels])
        self._silence = silence(sample_rate, channels)
        self._pts = 0
        self._hour = Blocks(HOUR)
        self.momentary: float | None = None
        self.short_term: float | None = None

    @property
    def integrated(self) -> float | None:
        """LUFS over the last hour, gated; None while there was nothing but silence."""
        return self._hour.gated()

    def push(self, frame: AudioFrame | None) -> list[float]:
        """Measure the next frame (None: silence); returns the momentary values (LUFS) it completes."""
        given = frame if frame is not None else self._silence
        given.pts = self._pts
        given.time_base = self._time_base
        self._graph.push(given)
        steps = (self._pts + AUDIO_FRAME) // self._step - self._pts // self._step
        self._pts += AUDIO_FRAME
        return [value for _ in range(steps) for value in self._take(self._graph.pull())]

    def _take(self, told: Any) -> list[float]:
        metadata: dict[str, str] = told.metadata
        if "lavfi.r128.M" not in metadata:
            return []
        momentary = float(metadata["lavfi.r128.M"])
        self.momentary = _known(momentary)
        self.short_term = _known(float(metadata["lavfi.r128.S"]))
        self._hour.add(momentary)
        return [momentary]


def _known(lufs: float) -> float | None:
    return lufs if lufs > FLOOR else None


def _graph(sample_rate: int, layout: str) -> Graph:
    graph = Graph()
    source = graph.add(
        "abuffer",
        sample_rate=str(sample_rate),
        sample_fmt=SAMPLE_FORMAT,
        channel_layout=layout,
        time_base=f"1/{sample_rate}",
    )
    meter = graph.add("ebur128", "metadata=1")
    sink = graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    return graph
