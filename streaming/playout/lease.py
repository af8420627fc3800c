"""Until when a run may send: its turn. Whoever runs stations on many machines renews it; a lost one ends by itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from streaming.playout.errors import HeldError

CLOCK = next(getattr(time, name) for name in ("CLOCK_BOOTTIME", "CLOCK_MONOTONIC") if hasattr(time, name))
"""Goes on while the machine sleeps, and no one sets it. Systems without it (macOS) have the next best."""

HELD = "Sending is held: this encoder's turn is over until it is given a new one."


def now() -> float:
    """Return seconds on the lease's clock, the same for every process of this machine."""
    return time.clock_gettime(CLOCK)


class Fence:
    """Stands before everything that goes to the network.

    :meth:`check` comes right before each write. A thread of its own cuts every open connection the moment the turn is
    over, so that a write which hangs cannot go on later.
    """

    def __init__(self, until: float | None = None) -> None:
        """``until``: seconds on :data:`CLOCK`; None: for ever."""
        self._until = until
        self._change = threading.Condition()
        self._cutters: set[Callable[[], None]] = set()
        self._closed = False
        self._watcher: threading.Thread | None = None

    @property
    def is_open(self) -> bool:
        """Whether anything may be sent now."""
        until = self._until
        return until is None or time.clock_gettime(CLOCK) < until

    def check(self) -> None:
        """Do nothing while the turn lasts.

        Raises:
            HeldError: it is over.

        """
        until = self._until
        if until is not None and time.clock_gettime(CLOCK) >= until:
            raise HeldError(HELD)

    def set(self, until: float | None) -> None:
        """Have the turn last until then; None: for ever."""
        with self._change:
            self._until = until
            if until is not None and self._watcher is None:
                self._watcher = threading.Thread(target=self._watch, name="lease", daemon=True)
                self._watcher.start()
            self._change.notify_all()

    def enter(self, cut: Callable[[], None]) -> None:
        """Have ``cut`` called, from another thread, if the turn ends before :meth:`leave`. It must not block or raise.

        Raises:
            HeldError: it is over already.

        """
        with self._change:
            self.check()
            self._cutters.add(cut)

    def leave(self, cut: Callable[[], None]) -> None:
        """Forget ``cut``."""
        with self._change:
            self._cutters.discard(cut)

    def close(self) -> None:
        """End the thread."""
        with self._change:
            self._closed = True
            self._change.notify_all()

    def _watch(self) -> None:
        with self._change:
            while not self._closed:
                self._change.wait(self._left())
                if not self.is_open:
                    for cut in self._cutters:
                        cut()
                    self._cutters.clear()

    def _left(self) -> float | None:
        """Seconds until there is something to cut; None: until told.

        At most one, because waiting does not count a machine's sleep.
        """
        if self._until is None or not self.is_open:
            return None
        return min(1.0, max(0.0, self._until - now()))
