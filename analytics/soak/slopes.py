"""What many looks at one encoder say about it: how its figures grow, and whether they may. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

HOUR = 3600.0
JUDGED_FROM_S = 1800.0
"""Seconds of one life from which on its slopes are judged: over less, the noise of a start looks like growth."""

PARTS, LEAST_IN_A_PART = 10, 4
"""Of how many parts of a life, with how many looks in each at least, the lowest figures are taken for a slope."""

SETTLING = 0.1
"""The part of a life that is left out at its beginning: buffers fill, libraries are loaded."""


@dataclass(frozen=True)
class Look:
    """One look at one encoder. ``at``: monotonic seconds; None where the encoder runs on another machine."""

    at: float
    run: str
    restarts: int
    reconnects: int
    dropped: int
    pss_mb: float | None = None
    own_mb: float | None = None
    descriptors: int | None = None
    threads: int | None = None
    lead_ms: float | None = None
    """How far media time is ahead of the wall clock, counted from anywhere."""


@dataclass(frozen=True)
class Limits:
    """What is allowed, in an hour; drift either way."""

    memory_mb: float = 1.0
    descriptors: float = 1.0
    drift_ms: float = 500.0
    restarts: int = 0


@dataclass(frozen=True)
class Verdict:
    """What became of one station's encoder."""

    station: str
    looks: int
    seconds: float
    """How long its last life was looked at."""
    memory_mb: float | None
    """With its children, and its part of what it shares (PSS)."""
    memory_mb_per_hour: float | None
    """Of its own, which it shares with nobody (USS)."""
    descriptors: int | None
    descriptors_per_hour: float | None
    threads: int | None
    drift_ms_per_hour: float | None
    restarts: int
    reconnects: int
    dropped: int
    over: tuple[str, ...]
    """What is over its limit, in words; empty when all is well."""


def slope(points: Sequence[tuple[float, float]]) -> float | None:
    """Return the growth per second by least squares; None for less than three points or one instant."""
    if len(points) < 3:  # noqa: PLR2004 - two points always lie on a line
        return None
    middle = sum(at for at, _ in points) / len(points)
    height = sum(value for _, value in points) / len(points)
    spread = sum((at - middle) ** 2 for at, _ in points)
    return sum((at - middle) * (value - height) for at, value in points) / spread if spread > 0 else None


def judge(station: str, looks: Sequence[Look], limits: Limits) -> Verdict:
    """Judge a station by everything seen of it.

    1. Slopes are those of its last life without the first tenth; a restart begins another life. Memory and open files
       go up and down with what codes transitions, and a busy machine tells media time late, so slopes are those of the
       lowest figures, and of the promptest, in each part of it.
    2. Counts are of the whole time.
    3. A life of less than half an hour shows its slopes, but they are held against nothing.
    """
    first, last = looks[0], looks[-1]
    life = [look for look in looks if look.run == last.run]
    begin = life[0].at + SETTLING * (life[-1].at - life[0].at)
    settled = [look for look in life if look.at >= begin]
    memory = _hourly(floor([(look.at, look.own_mb) for look in settled if look.own_mb is not None]))
    descriptors = _hourly(floor([(look.at, look.descriptors) for look in settled if look.descriptors is not None]))
    lag = _hourly(floor([(look.at, -look.lead_ms) for look in settled if look.lead_ms is not None]))
    drift = None if lag is None else 0.0 - lag
    restarts = last.restarts - first.restarts
    seconds = life[-1].at - life[0].at
    over = [f"{restarts} restarts"] * (restarts > limits.restarts)
    if seconds >= JUDGED_FROM_S:
        over += _over("memory", memory, limits.memory_mb, "MB")
        over += _over("open files", descriptors, limits.descriptors, "")
        over += _over("drift", None if drift is None else abs(drift), limits.drift_ms, "ms")
    return Verdict(
        station=station,
        looks=len(looks),
        seconds=seconds,
        memory_mb=last.pss_mb,
        memory_mb_per_hour=memory,
        descriptors=last.descriptors,
        descriptors_per_hour=descriptors,
        threads=last.threads,
        drift_ms_per_hour=drift,
        restarts=restarts,
        reconnects=last.reconnects - first.reconnects,
        dropped=last.dropped - first.dropped,
        over=tuple(over),
    )


def floor(points: Sequence[tuple[float, float]]) -> Sequence[tuple[float, float]]:
    """Return the lowest point of each of up to ten parts; all of them where there are too few for three parts.

    What comes and goes does not lift the lowest points; what is never given back does.
    """
    count = min(PARTS, len(points) // LEAST_IN_A_PART)
    if count < 3:  # noqa: PLR2004 - a slope takes three points
        return points
    edges = [len(points) * place // count for place in range(count + 1)]
    return [min(points[a:b], key=lambda point: point[1]) for a, b in pairwise(edges)]


def _hourly(points: Sequence[tuple[float, float]]) -> float | None:
    growth = slope(points)
    return None if growth is None else growth * HOUR


def _over(name: str, value: float | None, limit: float, unit: str) -> list[str]:
    if value is None or value <= limit:
        return []
    return [f"{name} {value:.1f} {unit}".rstrip() + " an hour"]
