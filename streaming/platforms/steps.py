"""Decides what a channel's broadcasts need next. Pure: facts in, one step out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from streaming.platforms.models import Broadcast

State = Broadcast.State
# A successor is made this long before it is due, so that it is ready at the first track boundary after.
PREPARE = timedelta(minutes=5)
# Without a boundary for so long it begins anyway: 11 h 50 min must not become twelve hours.
LONGEST_TRACK = timedelta(minutes=8)
# A station that was stopped may be started again soon; its viewers stay where they are so long.
GRACE = timedelta(minutes=10)
# YouTube starts a broadcast by itself when its stream becomes active; only after so long we do.
BY_ITSELF = timedelta(seconds=20)
# After so many refusals the old broadcast is ended first: some channels may have one at a time only.
MOST_REFUSALS = 2
# A broadcast that YouTube ends by itself is followed by another, but not in a circle.
PAUSE = timedelta(minutes=10)
STARTING = frozenset({"liveStarting", "testStarting"})


class Do(Enum):
    """A step."""

    NOTHING = "nothing"
    WANT = "want"
    MAKE = "make"
    BIND = "bind"
    PICTURE = "picture"
    GO_LIVE = "go live"
    COMPLETE = "complete"


@dataclass(frozen=True)
class Step:
    """What to do, with which broadcast (None: with a new one)."""

    do: Do
    broadcast: Broadcast | None = None


@dataclass(frozen=True)
class Facts:
    """What is known of one plan.

    Attributes:
        now: an aware time, as all others are.
        is_wanted: the station is to be on air and sends to this destination.
        unwanted_since: since when it is not.
        is_active: YouTube gets a picture.
        active_since: since when.
        has_picture: the plan has a thumbnail.
        rollover: after how long a new broadcast begins; None: never.
        track_at: when the newest track went on air.
        broadcasts: those that are not over, oldest first.
        ended_at: when the last one ended that was wanted to go on: somebody ended it at YouTube, or YouTube did.

    """

    now: datetime
    is_wanted: bool
    unwanted_since: datetime | None
    is_active: bool
    active_since: datetime | None
    has_picture: bool
    rollover: timedelta | None
    track_at: datetime | None
    broadcasts: tuple[Broadcast, ...]
    ended_at: datetime | None = None


NOTHING = Step(Do.NOTHING)


def next_step(facts: Facts) -> Step:
    """Return what to do now.

    1. nothing is wanted any more: end what is live, after a while; 2. begin or go on with the one broadcast there is;
    3. make its successor ready; 4. hand over from one to the other: the new one first, then the old one ends.
    """
    if not facts.is_wanted:
        return _ending(facts)
    if not facts.broadcasts:
        return NOTHING if facts.ended_at and facts.now - facts.ended_at < PAUSE else Step(Do.WANT)
    current = next((b for b in facts.broadcasts if b.state == State.LIVE), facts.broadcasts[0])
    successor = next((b for b in facts.broadcasts if b.pk > current.pk), None)
    if current.state != State.LIVE:
        return _preparing(current, facts) or _first_live(current, facts)
    if successor is None:
        return Step(Do.WANT) if _is_due(current, facts, early=PREPARE) else _picture(current, facts) or NOTHING
    if successor.state == State.LIVE:
        return Step(Do.COMPLETE, current)
    return _preparing(successor, facts) or _handing_over(current, successor, facts)


def due_at(current: Broadcast, rollover: timedelta | None) -> datetime | None:
    """Return from when on a new broadcast may begin; None: never."""
    return current.live_at + rollover if rollover and current.live_at else None


def _ending(facts: Facts) -> Step:
    """End what is live; what has never been live is kept for the next time."""
    live = next((b for b in facts.broadcasts if b.state == State.LIVE), None)
    if live is None or facts.unwanted_since is None or facts.now - facts.unwanted_since < GRACE:
        return NOTHING
    return Step(Do.COMPLETE, live)


def _preparing(broadcast: Broadcast, facts: Facts) -> Step | None:
    if broadcast.state == State.WANTED:
        return Step(Do.MAKE, broadcast)
    if broadcast.state == State.CREATED:
        return Step(Do.BIND, broadcast)
    return _picture(broadcast, facts)


def _picture(broadcast: Broadcast, facts: Facts) -> Step | None:
    return Step(Do.PICTURE, broadcast) if facts.has_picture and broadcast.thumbnail_at is None else None


def _first_live(broadcast: Broadcast, facts: Facts) -> Step:
    if not facts.is_active or facts.active_since is None or broadcast.life_cycle in STARTING:
        return NOTHING
    return Step(Do.GO_LIVE, broadcast) if facts.now - facts.active_since >= BY_ITSELF else NOTHING


def _handing_over(current: Broadcast, successor: Broadcast, facts: Facts) -> Step:
    if successor.refusals >= MOST_REFUSALS:
        return Step(Do.COMPLETE, current)
    if not _is_due(current, facts) or not facts.is_active or successor.life_cycle in STARTING:
        return NOTHING
    return Step(Do.GO_LIVE, successor) if _at_boundary(current, facts) else NOTHING


def _is_due(current: Broadcast, facts: Facts, *, early: timedelta = timedelta()) -> bool:
    due = due_at(current, facts.rollover)
    return due is not None and facts.now >= due - early


def _at_boundary(current: Broadcast, facts: Facts) -> bool:
    due = due_at(current, facts.rollover)
    if due is None:
        return False
    return (facts.track_at is not None and facts.track_at >= due) or facts.now >= due + LONGEST_TRACK
