"""Facts to the journal, events to whoever listens: off the clock's thread, in order."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from streaming.playout.journal import Journal

log = logging.getLogger(__name__)
Event = dict[str, Any]
Tell = Callable[[Event], None]


@dataclass(frozen=True)
class Listener:
    """Who is told, and the last fact that it was given on being added."""

    tell: Tell
    since: int


class Reporter:
    """:meth:`event` and :meth:`fact` never block.

    One thread writes facts to disk; another tells the listeners what happens, facts once they are written. So a disk
    that hangs holds back facts alone: statistics, by which a node sees that all is well, go on.
    """

    def __init__(self, journal: Journal) -> None:
        """Start the threads."""
        self._journal = journal
        self._facts: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._inbox: queue.SimpleQueue[Event | Callable[[], None] | None] = queue.SimpleQueue()
        self._listeners: list[Listener] = []
        self._threads = [
            threading.Thread(target=self._write, name="journal", daemon=True),
            threading.Thread(target=self._run, name="reporter", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def sequence(self) -> int:
        """The last fact's number."""
        return self._journal.sequence

    def event(self, name: str, /, **fields: Any) -> None:
        """Tell the listeners something that need not be remembered."""
        self._inbox.put({"event": name, "at": time.time(), **fields})

    def fact(self, name: str, /, **fields: Any) -> None:
        """Write something to the journal, then tell the listeners."""
        self._facts.put({"event": name, "at": time.time(), **fields})

    def listen(self, tell: Tell, since: int, greet: Callable[[], Event]) -> None:
        """Add a listener: first the greeting, then facts after ``since``, then whatever happens, without a gap."""

        def add() -> None:
            last, told = self._journal.written, since
            tell(greet())
            for fact in self._journal.since(since):
                if told < fact["seq"] <= last:  # what is just being written comes by itself
                    told = fact["seq"]
                    tell(fact)
            self._listeners.append(Listener(tell, last))

        self._inbox.put(add)

    def forget(self, tell: Tell) -> None:
        """Remove a listener."""

        def remove() -> None:
            self._listeners = [listener for listener in self._listeners if listener.tell != tell]

        self._inbox.put(remove)

    def close(self, timeout: float) -> None:
        """Write and tell what is waiting, then end."""
        self._facts.put(None)
        deadline = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._journal.close()

    def _write(self) -> None:
        while (fact := self._facts.get()) is not None:
            error = self._journal.append(fact)
            if error is not None:
                log.error("The journal cannot be written (%s); facts wait in memory", error.strerror)
            self._inbox.put(fact)
        self._inbox.put(None)

    def _run(self) -> None:
        while (item := self._inbox.get()) is not None:
            if callable(item):
                item()
                continue
            sequence = item.get("seq")
            for listener in list(self._listeners):
                if sequence is None or sequence > listener.since:
                    listener.tell(item)
