"""The life of one encoder as a state machine. Pure: time comes in, decisions go out.

::

    STOPPED ─▶ SPAWNING ─▶ RUNNING ─▶ STOPPED      (asked to stop)
                  │           │
                  └──▶ CRASHED ◀┘ ─▶ SPAWNING      (after 0.5, 1, 2, 4 … 30 s)
                          └──▶ FAILED              (ten in a row: until an operator acts)

All times are seconds of the monotonic clock.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

from streaming.nodes import backoff

MAXIMUM = 10
HEALTHY_SECONDS = 60.0


class State(enum.StrEnum):
    """Where an encoder is in its life; the same words as the database's."""

    STOPPED = "STOPPED"
    SPAWNING = "SPAWNING"
    RUNNING = "RUNNING"
    CRASHED = "CRASHED"
    FAILED = "FAILED"


class Act(enum.Enum):
    """What has to be done now."""

    NOTHING = enum.auto()
    SPAWN = enum.auto()
    STOP = enum.auto()


@dataclass(frozen=True)
class Life:
    """One encoder's state, since when, its crashes in a row, its restarts in all, and when to start again."""

    state: State = State.STOPPED
    since: float = 0.0
    failures: int = 0
    restarts: int = 0
    start_at: float = 0.0


def next_act(life: Life, *, wanted: bool, now: float) -> Act:
    """Decide what to do: a pure function of the state, the wish and the time."""
    alive = life.state in {State.SPAWNING, State.RUNNING}
    if alive:
        return Act.NOTHING if wanted else Act.STOP
    if not wanted or life.state is State.FAILED:
        return Act.NOTHING
    return Act.SPAWN if now >= life.start_at else Act.NOTHING


def spawned(life: Life, now: float) -> Life:
    """A process was started, or an older one adopted; it has not shown a frame yet."""
    again = life.state is State.CRASHED
    return replace(life, state=State.SPAWNING, since=now, restarts=life.restarts + again)


def progressed(life: Life, now: float) -> Life:
    """A frame went out: on air; after a minute of that the crashes before are forgiven."""
    if life.state is State.SPAWNING:
        return replace(life, state=State.RUNNING, since=now)
    if life.state is State.RUNNING and life.failures and now - life.since >= HEALTHY_SECONDS:
        return replace(life, failures=0)
    return life


def ended(life: Life, now: float, *, asked: bool) -> Life:
    """The process is gone: asked to, it is stopped; otherwise it crashed, and the tenth in a row is the last."""
    if asked:
        return replace(life, state=State.STOPPED, since=now, failures=0, start_at=0.0)
    healthy = life.state is State.RUNNING and now - life.since >= HEALTHY_SECONDS
    failures = 1 if healthy else life.failures + 1
    state = State.FAILED if failures >= MAXIMUM else State.CRASHED
    return replace(
        life,
        state=state,
        since=now,
        failures=failures,
        start_at=now + backoff.delay(failures),
    )


def found_dead(life: Life, now: float) -> Life:
    """The records say it was on air, but no process lives: it crashed unseen, and may start again at once."""
    if life.state in {State.SPAWNING, State.RUNNING}:
        return replace(life, state=State.CRASHED, since=now, failures=life.failures + 1, start_at=now)
    return life


def rested(life: Life, now: float) -> Life:
    """Nobody wants it any more: a crashed or failed one rests."""
    if life.state in {State.CRASHED, State.FAILED}:
        return replace(life, state=State.STOPPED, since=now, failures=0, start_at=0.0)
    return life


def pardoned(life: Life, now: float) -> Life:
    """An operator acted: it may start at once, and nothing is held against it."""
    if life.state in {State.CRASHED, State.FAILED}:
        return replace(life, state=State.STOPPED, since=now, failures=0, start_at=0.0)
    return replace(life, failures=0)
