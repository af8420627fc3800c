"""When a connection is ended on purpose. Pure: ages and hours in, a decision out."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

from streaming.playout.spec import RenewSpec

WINDOW_S = 24 * 3600
"""The longest time before the limit in which a connection may be renewed: each hour of a day comes in it once."""

SPARE_S, OVERLAP_S = 30.0, 20.0
"""At most: what is left of a connection's life when it is renewed at the latest; what an overlap needs before that."""

RETURN_AFTER_S = 300.0
"""Seconds on the backup ingest after which the first one is tried again at a change of track; twice that, anyway."""


@dataclass(frozen=True)
class Moment:
    """A keyframe, at which a connection could be left. Ages in seconds, ``hour`` in UTC."""

    age: float
    gop: float
    """Seconds to the next one, at most."""
    boundary: bool
    """Whether a track begins here."""
    hour: int


def is_due(plan: RenewSpec, limit_s: float, now: Moment) -> bool:
    """Tell whether a connection that may live ``limit_s`` seconds is renewed at this keyframe.

    In a window before the limit: at a change of track in the quiet hour; near its end at any change of track; at last
    at the last keyframe that leaves something to spare, earlier by what an overlap needs.
    """
    limit = min(plan.after_s, limit_s)
    window = min(WINDOW_S, limit / 4)
    if now.age < limit - window:
        return False
    if now.boundary and (now.hour == plan.quiet_hour or now.age >= limit - window / 10):
        return True
    lead = 0.0 if plan.overlap == "none" else min(OVERLAP_S, limit / 8)
    return now.age + now.gop + lead >= limit - spare(limit)


def is_last(plan: RenewSpec, limit_s: float, now: Moment) -> bool:
    """Tell whether this is the last keyframe in time, so that an overlap is no longer waited for."""
    limit = min(plan.after_s, limit_s)
    return now.age + now.gop >= limit - spare(limit)


def spare(limit: float) -> float:
    """Return the seconds of a connection's life that are never used."""
    return min(SPARE_S, limit / 20)


def may_return(seconds: float, now: Moment) -> bool:
    """Tell whether a connection that is on the backup ingest for so long tries the first one again."""
    return seconds >= (RETURN_AFTER_S if now.boundary else 2 * RETURN_AFTER_S)


class Boundaries:
    """Where tracks begin, in milliseconds of decode time: told by one thread, often ahead, and asked by another."""

    def __init__(self) -> None:
        """Know of none."""
        self._told: deque[int] = deque(maxlen=8)
        self._lock = threading.Lock()

    def add(self, milliseconds: int) -> None:
        """A track begins there."""
        with self._lock:
            self._told.append(milliseconds)

    def passed(self, milliseconds: int) -> bool:
        """Tell whether one was passed since the last call, and forget it."""
        with self._lock:
            past = [told for told in self._told if told <= milliseconds]
            for told in past:
                self._told.remove(told)
        return bool(past)
