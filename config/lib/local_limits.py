"""Counts tries in this process: what stands in for Redis while it is away."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

KEYS_AT_MOST = 50_000
"""Of more keys than that the one used longest ago is dropped, so a flood of them cannot fill the memory."""


class LocalCounts:
    """When each key was tried last, and whether Redis is left alone for now. Safe for threads."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, keys: int = KEYS_AT_MOST) -> None:
        """Begin with nothing counted."""
        self._clock = clock
        self._keys = keys
        self._lock = threading.Lock()
        self._tries: OrderedDict[str, deque[float]] = OrderedDict()
        self._away_until = 0.0

    def count(self, key: str, *, most: int, seconds: float) -> float:
        """Count a try; return 0 when it may go on, else the seconds until the next one may."""
        with self._lock:
            wait = self._wait(key, most, seconds)
            if wait <= 0:
                self._tries.setdefault(key, deque(maxlen=most)).append(self._clock())
                self._tries.move_to_end(key)
                if len(self._tries) > self._keys:
                    self._tries.popitem(last=False)
        return wait

    def wait(self, key: str, *, most: int, seconds: float) -> float:
        """Return what :func:`count` would, without counting."""
        with self._lock:
            return self._wait(key, most, seconds)

    def _wait(self, key: str, most: int, seconds: float) -> float:
        tries = self._tries.get(key, ())
        return tries[-most] + seconds - self._clock() if len(tries) >= most else 0.0

    def forget(self, key: str) -> None:
        """Forget a key's tries."""
        with self._lock:
            self._tries.pop(key, None)

    def give_back(self, key: str) -> None:
        """Take back a key's newest try."""
        with self._lock:
            if self._tries.get(key):
                self._tries[key].pop()

    def went_away(self, seconds: float) -> None:
        """Leave Redis alone for so long: it did not answer."""
        self._away_until = self._clock() + seconds

    def is_away(self) -> bool:
        """Tell whether Redis is left alone."""
        return self._clock() < self._away_until
