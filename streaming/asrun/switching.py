"""The histogram of how long a track change takes to reach the picture. Pure."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Upper bounds in seconds, inclusive as Prometheus wants them; one more bucket holds all above."""


def counted(buckets: Sequence[int], seconds: float) -> list[int]:
    """Return the buckets (not cumulated, 8 of them) with one more observation."""
    grown = [*buckets, *([0] * (len(BOUNDS) + 1))][: len(BOUNDS) + 1]
    grown[bisect_left(BOUNDS, seconds)] += 1
    return grown
