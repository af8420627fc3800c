"""A destination's bounded queue: holds what is not yet sent, never more than its limit, and drops whole GOPs."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence

from streaming.playout.units import Kind, StreamFormat, Unit

MOST_MS = 5_000
"""Milliseconds that may wait before the oldest GOPs are dropped. With what is on its way already (measured: up to 3.7 s
where the line carries a third of the stream) nobody sees a destination more than ten seconds late."""


class UnitQueue:
    """Units in decode order; while nobody is connected just the newest GOP, so that a connection starts at once."""

    def __init__(self, form: StreamFormat, most_ms: int = MOST_MS) -> None:
        """Make an empty queue for a connection yet to come; ``most_ms`` is how much may wait in it."""
        self._format = form
        self._most_ms = most_ms
        self._units: deque[Unit] = deque()
        self._change = threading.Condition()
        self._open = False
        self._closed = False
        self._woken = False
        self.dropped = 0

    def put(self, units: Sequence[Unit]) -> None:
        """Add units; never blocks."""
        with self._change:
            for unit in units:
                if unit.kind is Kind.VIDEO and unit.key and not self._open:
                    self._units.clear()
                self._units.append(unit)
            if self._open and self._lag() > self._most_ms:
                self._drop()
            self._change.notify()

    def connected(self) -> None:
        """Keep everything from now on; what is left of the newest GOP goes first, from its keyframe."""
        with self._change:
            if self._open:
                return
            while self._units and not (self._units[0].kind is Kind.VIDEO and self._units[0].key):
                self._units.popleft()
            self._open = True

    def disconnected(self) -> None:
        """Go back to keeping the newest GOP only; what the lost connection did not get counts as dropped."""
        with self._change:
            self._open = False
            lost = 0
            while self._units and not self._only_gop():
                self._units.popleft()
                lost += 1
            self.dropped += lost

    def take(self, timeout: float, most: int | None = None) -> list[Unit]:
        """Take what there is, the oldest ``most`` of it; waits up to ``timeout`` seconds for something.

        Empty when closed or in vain. What is taken can no longer be dropped, so a slow destination takes little.
        """
        with self._change:
            self._change.wait_for(lambda: self._units or self._closed, timeout)
            if most is not None and len(self._units) > most:
                return [self._units.popleft() for _ in range(most)]
            units = list(self._units)
            self._units.clear()
            return units

    def unread(self, units: Sequence[Unit]) -> None:
        """Put back what was taken and not sent."""
        with self._change:
            self._units.extendleft(reversed(units))

    def wait(self, timeout: float | None) -> bool:
        """Wait for :meth:`close` or :meth:`wake`; tells whether it is closed."""
        with self._change:
            self._change.wait_for(lambda: self._closed or self._woken, timeout)
            self._woken = False
            return self._closed

    def wake(self) -> None:
        """End a :meth:`wait`, the next one if there is none now."""
        with self._change:
            self._woken = True
            self._change.notify_all()

    def close(self) -> None:
        """Wake whoever waits, for good."""
        with self._change:
            self._closed = True
            self._change.notify_all()

    @property
    def closed(self) -> bool:
        """Whether :meth:`close` was called."""
        return self._closed

    @property
    def milliseconds(self) -> int:
        """Media in the queue."""
        with self._change:
            return self._lag()

    def _lag(self) -> int:
        if not self._units:
            return 0
        return self._format.milliseconds(self._units[-1]) - self._format.milliseconds(self._units[0])

    def _only_gop(self) -> bool:
        """Whether the queue starts with its only keyframe."""
        keys = sum(1 for unit in self._units if unit.kind is Kind.VIDEO and unit.key)
        first = self._units[0]
        return keys <= 1 and (keys == 0 or (first.kind is Kind.VIDEO and first.key))

    def _drop(self) -> None:
        """Drop from the front up to the newest keyframe, or all if there is none."""
        keys = [place for place, unit in enumerate(self._units) if unit.kind is Kind.VIDEO and unit.key]
        count = keys[-1] if keys and keys[-1] > 0 else len(self._units)
        for _ in range(count):
            self._units.popleft()
        self.dropped += count
