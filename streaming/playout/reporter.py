"""Facts to the journal, events to whoever listens: off the clock's thread, in order."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from typing import Any

from streaming.playout.journal import Journal

log = logging.getLogger(__name__)
Event = dict[str, Any]


class Reporter:
    """:meth:`event` and :meth:`fact` never block; a thread writes facts to disk and then tells the listeners."""

    def __init__(self, journal: Journal) -> None:
        """Start the thread."""
        self._journal = journal
        self._inbox: queue.SimpleQueue[tuple[Event, bool] | Callable[[], None] | None] = queue.SimpleQueue()
        self._listeners: list[Callable[[Event], None]] = []
        self._thread = threading.Thread(target=self._run, name="reporter", daemon=True)
        self._thread.start()

    @property
    def sequence(self) -> int:
        """The last fact's number."""
        return self._journal.sequence

    def event(self, name: str, /, **fields: Any) -> None:
        """Tell the listeners something that need not be remembered."""
        self._inbox.put(({"event": name, "at": time.time(), **fields}, False))

    def fact(self, name: str, /, **fields: Any) -> None:
        """Write something to the journal, then tell the listeners."""
        self._inbox.put(({"event": name, "at": time.time(), **fields}, True))

    def listen(self, tell: Callable[[Event], None], since: int, greet: Callable[[], Event]) -> None:
        """Add a listener: first the greeting, then facts after ``since``, then whatever happens, without a gap."""

        def add() -> None:
            tell(greet())
            for fact in self._journal.since(since):
                tell(fact)
            self._listeners.append(tell)

        self._inbox.put(add)

    def forget(self, tell: Callable[[Event], None]) -> None:
        """Remove a listener."""

        def remove() -> None:
            if tell in self._listeners:
                self._listeners.remove(tell)

        self._inbox.put(remove)

    def close(self, timeout: float) -> None:
        """Write and tell what is waiting, then end."""
        self._inbox.put(None)
        self._thread.join(timeout)
        self._journal.close()

    def _run(self) -> None:
        while (item := self._inbox.get()) is not None:
            if callable(item):
                item()
                continue
            event, is_fact = item
            if is_fact:
                error = self._journal.append(event)
                if error is not None:
                    log.error("The journal cannot be written (%s); facts wait in memory", error.strerror)
            for tell in list(self._listeners):
                tell(event)
