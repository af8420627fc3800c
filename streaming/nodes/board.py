"""What the watch knows of an encoder and the desk has to store: handed over without either waiting for the other.

The watch (processes, sockets) must never wait for the database; the desk (database) may be kept waiting for hours.
Everything kept for the desk is bounded: of facts the newest are kept, and the rest is read from the journal.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from streaming.nodes.fence import Fence
from streaming.nodes.machine import State

if TYPE_CHECKING:
    from uuid import UUID

    from streaming.nodes.machine import Life

PENDING_FACTS = 2000
PENDING_TROUBLES = 200
PENDING_SIGNS = 100

Json = dict[str, Any]


@dataclass
class RunRecord:
    """One life of the process, as the watch saw it."""

    run: UUID
    pid: int
    facts: deque[Json] = field(default_factory=lambda: deque(maxlen=PENDING_FACTS))
    ended_at: datetime | None = None
    exit_code: int | None = None
    last_lines: str = ""


@dataclass(frozen=True)
class Status:
    """How the encoder is now; what the encoder's row shows. ``state_at`` is ``None`` until the watch has looked."""

    state: State = State.STOPPED
    state_at: datetime | None = None
    failures: int = 0
    restarts: int = 0
    next_start_at: datetime | None = None
    run: UUID | None = None
    pid: int | None = None
    started_at: datetime | None = None
    seen_at: datetime | None = None
    statistics: Json = field(default_factory=dict)
    exit_code: int | None = None
    last_lines: str = ""


@dataclass(frozen=True)
class Trouble:
    """Something the node itself saw go wrong with an encoder."""

    at: datetime
    severity: str
    message: str
    run: UUID | None
    context: Json = field(default_factory=dict)


class Board:
    """The place between watch and desk; every method may be called from any thread."""

    def __init__(self) -> None:
        """Begin empty."""
        self.fence = Fence()
        self._changed = threading.Condition()
        self._reasons: set[str] = set()
        self._status = Status()
        self._runs: list[RunRecord] = []
        self._troubles: deque[Trouble] = deque(maxlen=PENDING_TROUBLES)
        self._signs: deque[tuple[UUID, Json]] = deque(maxlen=PENDING_SIGNS)

    def poke(self, *reasons: str) -> None:
        """Wake the desk: ``change``, ``cue``, ``control``, ``facts``, ``state``, ``stop``."""
        with self._changed:
            self._reasons.update(reasons)
            self._changed.notify_all()

    def wait(self, seconds: float) -> set[str]:
        """Wait until there is something to do, or the time is over; return the reasons and forget them."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._reasons), timeout=max(0.0, seconds))
            reasons, self._reasons = self._reasons, set()
            return reasons

    def status(self) -> Status:
        """Return how the encoder is now."""
        with self._changed:
            return self._status

    def update(self, **changes: Any) -> None:
        """Change parts of the status; a new state wakes the desk."""
        with self._changed:
            before, self._status = self._status, replace(self._status, **changes)
            if before.state is not self._status.state or before.state_at is None:
                self._reasons.add("state")
                self._changed.notify_all()

    def live(self, life: Life, pid: int | None) -> None:
        """Put the machine's state on the board, with times of the calendar for those of the monotonic clock."""
        before = self.status()
        fresh = before.state_at is None or before.state is not life.state
        if not fresh and (before.failures, before.restarts) == (life.failures, life.restarts):
            return
        now, wait = timezone.now(), life.start_at - time.monotonic()
        self.update(
            state=life.state,
            state_at=now if fresh else before.state_at,
            failures=life.failures,
            restarts=life.restarts,
            next_start_at=now + timedelta(seconds=wait) if life.state is State.CRASHED and wait > 0 else None,
            pid=pid,
        )

    def wait_for_look(self, seconds: float) -> bool:
        """Wait until the watch has looked whether an encoder is on air already."""
        with self._changed:
            return self._changed.wait_for(lambda: self._status.state_at is not None, timeout=seconds)

    def wait_for_state(self, *states: State, seconds: float) -> bool:
        """Wait until the encoder is in one of these states."""
        with self._changed:
            return self._changed.wait_for(lambda: self._status.state in states, timeout=seconds)

    def begin_run(self, run: UUID, pid: int, started_at: float) -> None:
        """A process was started or adopted; ``started_at`` are seconds since 1970."""
        with self._changed:
            self._runs.append(RunRecord(run=run, pid=pid))
        at = datetime.fromtimestamp(started_at, tz=UTC)
        self.update(run=run, pid=pid, started_at=at, exit_code=None, last_lines="", statistics={})
        self.poke("facts")

    def add_fact(self, run: UUID, fact: Json) -> None:
        """The encoder told a fact."""
        with self._changed:
            for record in self._runs:
                if record.run == run:
                    record.facts.append(fact)
        self.poke("facts")

    def add_sign(self, run: UUID, event: Json) -> None:
        """The encoder told something by which the picture's instants are known: a title, a new connection."""
        with self._changed:
            self._signs.append((run, event))
        self.poke("facts")

    def signs(self) -> list[tuple[UUID, Json]]:
        """Return these with their runs, oldest first, and forget them."""
        with self._changed:
            signs, self._signs = list(self._signs), deque(maxlen=PENDING_SIGNS)
            return signs

    def end_run(self, run: UUID, *, at: datetime, exit_code: int | None, last_lines: str) -> None:
        """The process is gone."""
        with self._changed:
            for record in self._runs:
                if record.run == run:
                    record.ended_at, record.exit_code, record.last_lines = at, exit_code, last_lines
        self.poke("facts")

    def runs(self) -> list[RunRecord]:
        """Return the runs not closed yet, oldest first."""
        with self._changed:
            return list(self._runs)

    def pending(self, record: RunRecord) -> list[Json]:
        """Return a run's facts not taken yet, oldest first."""
        with self._changed:
            return list(record.facts)

    def taken(self, record: RunRecord, sequence: int) -> None:
        """Everything up to this fact is stored."""
        with self._changed:
            while record.facts and record.facts[0].get("seq", 0) <= sequence:
                record.facts.popleft()

    def close_run(self, record: RunRecord) -> None:
        """A run is stored to its end."""
        with self._changed:
            self._runs.remove(record)

    def trouble(self, trouble: Trouble) -> None:
        """Something went wrong that people should read."""
        with self._changed:
            self._troubles.append(trouble)
        self.poke("facts")

    def troubles(self) -> list[Trouble]:
        """Return what is to be stored."""
        with self._changed:
            return list(self._troubles)

    def troubles_stored(self, stored: list[Trouble]) -> None:
        """Forget what is stored."""
        with self._changed:
            for trouble in stored:
                if self._troubles and self._troubles[0] is trouble:
                    self._troubles.popleft()
