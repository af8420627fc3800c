"""Encoders begin a few at a time: a machine that starts with a hundred stations goes on serving those on air."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

A_CORE = 2
"""Starts at a time per core: beginning takes half a second of a core, and waits for disk and network besides."""

LIMIT = 5.0
"""Seconds after which a start that is not on air yet keeps no other one waiting."""

ASKS_AGAIN = 2.0
"""Seconds within which whoever waits asks again; who does not, has given up."""


class Starts:
    """Turns, in the order in which they were asked for. Any thread may ask; none is kept waiting in here."""

    def __init__(self, most: int | None = None, now: Callable[[], float] = time.monotonic) -> None:
        """``most`` at a time; without it, by the machine's cores."""
        self._most = most or A_CORE * (os.cpu_count() or 1)
        self._now = now
        self._lock = threading.Lock()
        self._waiting: dict[UUID, float] = {}
        self._on_their_way: dict[UUID, float] = {}

    def may(self, station: UUID) -> bool:
        """Tell whether a station's encoder may begin now; ask again soon if not."""
        with self._lock:
            now = self._now()
            self._on_their_way = {one: since for one, since in self._on_their_way.items() if now - since < LIMIT}
            self._waiting[station] = now
            self._waiting = {one: asked for one, asked in self._waiting.items() if now - asked < ASKS_AGAIN}
            free = self._most - len(self._on_their_way)
            if station not in list(self._waiting)[: max(0, free)]:
                return False
            del self._waiting[station]
            self._on_their_way[station] = now
            return True

    def over(self, station: UUID) -> None:
        """Note that a station is on air, or that its encoder is gone."""
        with self._lock:
            self._on_their_way.pop(station, None)


STARTS = Starts()
"""Those of this machine: one node runs on it."""
