"""A token bucket per name, in this process: the limit holds with Redis and the database away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Buckets:
    """Lets ``burst`` through at once and ``per_second`` from then on, for each name apart.

    Names must be few (stations that exist): a bucket is kept for each. With n web processes the limit is n times
    as high; it protects a process, it is no quota.
    """

    def __init__(self, *, per_second: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._lock = threading.Lock()
        self._levels: dict[str, tuple[float, float]] = {}

    def admit(self, name: str) -> bool:
        """Take one token of ``name``; False when there is none."""
        now = self._clock()
        with self._lock:
            level, at = self._levels.get(name, (self._burst, now))
            level = min(self._burst, level + (now - at) * self._per_second)
            admitted = level >= 1
            self._levels[name] = (level - 1 if admitted else level, now)
        return admitted
