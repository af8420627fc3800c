"""A destination's thread: connects, sends, keeps state and last error, tries again with backoff for ever."""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

from streaming.playout.backoff import Backoff
from streaming.playout.errors import OutputError
from streaming.playout.outputs.queue import UnitQueue
from streaming.playout.spec import OutputSpec
from streaming.playout.units import StreamFormat, Unit

log = logging.getLogger(__name__)


class Output(ABC):
    """One destination; nothing it does can delay another or the clock."""

    first_wait = 0.5

    def __init__(self, spec: OutputSpec, form: StreamFormat, changed: Callable[[str, bool, str], None]) -> None:
        """``changed(id, up, error)`` is called from the output's thread."""
        self.spec = spec
        self.format = form
        self.queue = UnitQueue(form)
        self.up = False
        self.error = ""
        self.bytes = 0
        self.reconnects = 0
        self._changed = changed
        self._backoff = Backoff(first=self.first_wait, most=30.0)
        self._thread = threading.Thread(target=self._run, name=f"output {spec.id}", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def put(self, units: Sequence[Unit]) -> None:
        """Hand over units; never blocks."""
        self.queue.put(units)

    def stop(self) -> None:
        """Ask the thread to say goodbye and end."""
        self.queue.close()

    def join(self, timeout: float) -> None:
        """Wait for the thread's end."""
        self._thread.join(timeout)

    @abstractmethod
    def run(self) -> None:
        """Connect, call :meth:`came_up`, send until the queue is closed.

        Raises:
            OutputError: a sentence about what happened.

        """

    def came_up(self) -> None:
        """Note that the destination takes our stream."""
        self.queue.connected()
        self.up, self.error = True, ""
        self._changed(self.spec.id, True, "")

    def proved(self) -> None:
        """Note that the connection has lasted: the next failure starts with a short wait again."""
        self._backoff.succeed()

    def statistics(self) -> dict[str, Any]:
        """Return this output's part of the statistics event."""
        return {
            "id": self.spec.id,
            "up": self.up,
            "bytes": self.bytes,
            "reconnects": self.reconnects,
            "dropped": self.queue.dropped,
            "queued_ms": self.queue.milliseconds if self.up else 0,
            "error": self.error,
        }

    def _run(self) -> None:
        while not self.queue.closed:
            try:
                self.run()
            except OutputError as error:
                self._went_down(str(error))
            except Exception:
                log.exception("The output %s failed in a way nobody foresaw", self.spec.id)
                self._went_down("The output failed inside Longwave; the log has the details.")
            if self.queue.wait(self._backoff.fail()):
                return
            self.reconnects += 1

    def _went_down(self, error: str) -> None:
        self.queue.disconnected()
        if self.queue.closed or (not self.up and self.error == error):
            return
        self.up, self.error = False, error
        self._changed(self.spec.id, False, error)
