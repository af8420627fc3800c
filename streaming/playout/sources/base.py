"""A source's thread: runs its kind's ``play()``, keeps state and last error, tries again with backoff for ever."""

from __future__ import annotations

import logging
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable

from streaming.playout.backoff import Backoff
from streaming.playout.errors import SourceError
from streaming.playout.sound import SoundBuffer

log = logging.getLogger(__name__)
SHORTEST = 0.2
"""Seconds between two attempts at least."""


class Source(ABC):
    """Feeds a :class:`SoundBuffer` until stopped."""

    def __init__(self, buffer: SoundBuffer, changed: Callable[[bool, str], None]) -> None:
        """``changed(up, error)`` is called from the source's thread whenever it comes up or goes down.

        ``grain`` is how much sound (seconds) lies between two places where a title can stand, where that is known.
        """
        self.buffer = buffer
        self.up = False
        self.error = ""
        self.reconnects = 0
        self.grain: float | None = None
        self._changed = changed
        self._stopping = threading.Event()
        self._backoff = Backoff(first=0.5, most=3.0)
        self._thread = threading.Thread(target=self._run, name="source", daemon=True)

    @property
    def stopping(self) -> bool:
        """Whether :meth:`stop` was called."""
        return self._stopping.is_set()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end; it does so within its own time limits and touches nothing afterwards."""
        self._stopping.set()
        self.interrupt()
        self.buffer.wake()

    @abstractmethod
    def play(self) -> None:
        """Feed the buffer until the source ends or fails.

        Raises:
            SourceError: a sentence about what happened.

        """

    def interrupt(self) -> None:  # noqa: B027 - only sources that block on something have anything to do
        """Wake a thread blocked in :meth:`play`."""

    def came_up(self) -> None:
        """Note that sound arrives."""
        if self.up or self.stopping:
            return
        self.up, self.error = True, ""
        self._backoff.succeed()
        self._changed(True, "")

    def went_down(self, error: str) -> None:
        """Note that sound does not arrive, and why."""
        if self.stopping or (not self.up and self.error == error):
            return
        self.up, self.error = False, error
        self._changed(False, error)

    def _run(self) -> None:
        while not self.stopping:
            began = time.monotonic()
            try:
                self.play()
                self.went_down("The source ended.")
            except SourceError as error:
                self.went_down(str(error))
            except Exception:
                log.exception("The source failed in a way nobody foresaw")
                self.went_down("The source failed inside Longwave; the log has the details.")
            # An attempt that took its time has been waited for already: the next one may catch the source's return.
            if self._stopping.wait(max(SHORTEST, self._backoff.fail() - (time.monotonic() - began))):
                return
            self.reconnects += 1
