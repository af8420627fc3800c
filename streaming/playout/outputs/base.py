"""A destination's thread: connects, sends, keeps state and last error, tries again with backoff for ever."""

from __future__ import annotations

import logging
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from streaming.playout.backoff import Backoff
from streaming.playout.errors import HeldError, OutputError
from streaming.playout.lease import Fence
from streaming.playout.outputs.queue import MOST_MS, UnitQueue
from streaming.playout.spec import OutputSpec
from streaming.playout.units import StreamFormat, Unit

log = logging.getLogger(__name__)


class State(Enum):
    """What a destination is doing."""

    CONNECTING = "connecting"
    UP = "up"
    WAITING = "waiting"
    RENEWING = "renewing"
    HELD = "held"


@dataclass(frozen=True)
class Standing:
    """How a destination is, as the ``output`` event tells it."""

    id: str
    up: bool
    error: str
    state: State


@dataclass(frozen=True)
class Surroundings:
    """What every output of a run shares.

    ``changed`` and ``recorded`` (the ``recorded`` fact's fields) are called from outputs' threads.
    """

    form: StreamFormat
    fence: Fence
    changed: Callable[[Standing], None]
    recorded: Callable[[dict[str, Any]], None]


class Output(ABC):
    """One destination; nothing it does can delay another or the clock."""

    first_wait, longest_wait = 0.5, 24.0
    """Seconds between tries. With 20 % more, one that takes data again is found within half a minute: before a platform
    that waits for its encoder (a minute, 90 seconds) has ended the broadcast."""
    most_ms = MOST_MS
    """Milliseconds of media that may wait for it."""

    networked = True
    """Whether what it sends leaves the machine, so that it needs its turn."""

    def __init__(self, spec: OutputSpec, around: Surroundings) -> None:
        """Prepare; :meth:`start` begins."""
        self.spec = spec
        self.format = around.form
        self.queue = UnitQueue(around.form, self.most_ms)
        self.up = False
        self.state = State.CONNECTING
        self.error = ""
        self.bytes = 0
        self.reconnects = 0
        self.on_backup = False
        self.renewals = 0
        self.renewal_gap_ms: int | None = None
        self._around = around
        self._since: float | None = None
        self._again: float | None = None
        self._backoff = Backoff(first=self.first_wait, most=self.longest_wait)
        self._thread = threading.Thread(target=self._run, name=f"output {spec.id}", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def put(self, units: Sequence[Unit]) -> None:
        """Hand over units; never blocks."""
        self.queue.put(units)

    def adopt(self, spec: OutputSpec) -> None:
        """Go on with another spec of the same address and key."""
        self.spec = spec

    def boundary(self, milliseconds: int) -> None:  # noqa: B027 - for most outputs no moment is better than another
        """Hear that a track begins at this media time."""

    def renew(self) -> bool:
        """Renew the connection soon; tells whether there is one that can be renewed."""
        return False

    def released(self) -> None:
        """Hear that it may send again."""
        if self.state is State.HELD:
            self.queue.wake()

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
        self._since = time.monotonic()
        self.tell(up=True, state=State.UP)

    def proved(self) -> None:
        """Note that the connection has lasted: the next failure starts with a short wait again."""
        self._backoff.succeed()

    def tell(self, *, up: bool, state: State, error: str = "") -> None:
        """Take a state on and tell it."""
        self.up, self.state, self.error = up, state, error
        self._around.changed(Standing(self.spec.id, up, error, state))

    def statistics(self) -> dict[str, Any]:
        """Return this output's part of the statistics event."""
        now, since, again = time.monotonic(), self._since, self._again
        return {
            "id": self.spec.id,
            "up": self.up,
            "state": self.state.value,
            "bytes": self.bytes,
            "reconnects": self.reconnects,
            "dropped": self.queue.dropped,
            "queued_ms": self.queue.milliseconds if self.up else 0,
            "error": self.error,
            "uptime": round(now - since, 3) if self.up and since is not None else 0.0,
            "retry_in": None if again is None else round(max(0.0, again - now), 3),
            "on_backup": self.up and self.on_backup,
            "renewals": self.renewals,
            "renewal_gap_ms": self.renewal_gap_ms,
        }

    def _run(self) -> None:
        while not self.queue.closed:
            if self._is_held():
                self.queue.wait(None)
                continue
            try:
                self.run()
            except OutputError as error:
                if isinstance(error, HeldError) or self._is_held():
                    continue
                self._went_down(str(error))
            except Exception:
                log.exception("The output %s failed in a way nobody foresaw", self.spec.id)
                self._went_down("The output failed inside Longwave; the log has the details.")
            if self._wait():
                return
            self.reconnects += 1

    def _wait(self) -> bool:
        """Wait for the next try; tells whether it was closed meanwhile."""
        wait = self._backoff.fail()
        self._again = time.monotonic() + wait
        try:
            return self.queue.wait(wait)
        finally:
            self._again = None
            self.state = State.CONNECTING

    def _is_held(self) -> bool:
        """Take note if its turn is over; whoever gives it a new one wakes it."""
        if not self.networked or self.queue.closed:
            return False
        try:
            self._around.fence.check()
        except HeldError as error:
            self.queue.disconnected()
            if self.state is not State.HELD:
                self.tell(up=False, state=State.HELD, error=str(error))
            return not self._around.fence.is_open
        self.state = State.CONNECTING
        return False

    def _went_down(self, error: str) -> None:
        self.queue.disconnected()
        told = not self.up and self.error == error
        self.up, self.state, self.error = False, State.WAITING, error
        if not self.queue.closed and not told:
            self.tell(up=False, state=State.WAITING, error=error)
