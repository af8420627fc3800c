"""Messages for one thread: put by any, carried out one after another by the thread that takes them."""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = 10_000


class Mailbox:
    """A bounded queue of things to do; a sender waits when it is full, so nothing piles up."""

    def __init__(self) -> None:
        """Begin empty."""
        self._queue: queue.Queue[Callable[[], None]] = queue.Queue(LIMIT)

    def put(self, message: Callable[[], None]) -> None:
        """Leave something to do."""
        self._queue.put(message)

    def take(self, seconds: float) -> None:
        """Wait so long for something to do, then do all there is."""
        try:
            self._queue.get(timeout=seconds)()
            while True:
                self._queue.get_nowait()()
        except queue.Empty:
            return
