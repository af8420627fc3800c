"""Waits between tries: growing, bounded, and jittered so that many do not come back at once."""

from __future__ import annotations

import random


class Backoff:
    """Doubling waits from ``first`` to ``most`` seconds, each ±20 %."""

    def __init__(self, first: float = 0.5, most: float = 30.0) -> None:
        """Start with no failures."""
        self._first = first
        self._most = most
        self._failures = 0

    def fail(self) -> float:
        """Count a failure and return how many seconds to wait."""
        wait = min(self._most, self._first * 2.0 ** min(self._failures, 16))
        self._failures += 1
        return wait * random.uniform(0.8, 1.2)  # noqa: S311 - jitter, not a secret

    def succeed(self) -> None:
        """Forget the failures."""
        self._failures = 0
