"""Writes what an encoder says of its outputs to the destinations' rows: only what changed, one UPDATE a row at most."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import F
from django.db.models.expressions import CombinedExpression
from django.utils import timezone

from streaming.outputs import alarms
from streaming.outputs.counters import growth
from streaming.outputs.models import Destination
from streaming.outputs.orders import BACKUP_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streaming.stations.models import Station

TEXT_LIMIT = 2000
INTEGER_LIMIT = 2**31 - 1
NEAR = timedelta(seconds=2)
"""Times told as "so long ago" and "in so long" waver by less than this from one second to the next."""
NEWS = {"connected", "state", "on_backup", "backup_connected", "last_error"}
"""What whoever watches is to hear of at once."""
State = Destination.State
Told = dict[str, Any]


def record_outputs(*, station: Station, run: UUID | None, told: Iterable[Told], wanted: bool = True) -> bool:
    """Take over connection, state, counters and errors; tell whether something is to be heard of at once.

    A destination that is not told of is not connected.

    Args:
        station: with its profile loaded, if it is wanted.
        run: the encoder's life that tells it; None: there is none.
        told: the ``outputs`` of an encoder's statistics (docs/playout.md).
        wanted: whether the station is wanted on air: only then is it wrong that nothing arrives.

    """
    now = timezone.now()
    by_id = {str(output.get("id")): output for output in told} if run is not None else {}
    rows = list(Destination.objects.filter(station=station))
    news = False
    for row in rows:
        if row.via_relay:
            continue  # the relay tells how it is
        first, backup = by_id.get(str(row.pk)), by_id.get(f"{row.pk}{BACKUP_SUFFIX}")
        values = _how_it_is(row, first or {}, backup, now, wanted=wanted and row.enabled)
        if first is not None:
            values |= _counted(row, str(run), first, backup)
        news |= bool(_write(row, values) & NEWS)
    if wanted:
        alarms.watch(station=station, destinations=rows, now=now)
    else:
        alarms.rest(station=station)
    return news


def _how_it_is(row: Destination, told: Told, backup: Told | None, now: datetime, *, wanted: bool) -> Told:
    """Return the row's fields as they should be now.

    1. Connected is who has the stream by one ingest or the other.
    2. State, queue and next try are those of the first connection, while the other one cannot speak for it.
    3. Down counts from when it was first seen down while wanted.
    """
    up, standing_in = bool(told.get("up")), bool(backup and backup.get("up"))
    speaks = backup if backup is not None and standing_in and not up else told
    connected = up or standing_in
    retry, uptime = _seconds(told.get("retry_in")), _seconds(speaks.get("uptime"))
    down_since = None if connected or not wanted else row.down_since or now
    values: Told = {
        "connected": connected,
        "state": _state(speaks),
        "queued_ms": _whole(speaks.get("queued_ms")),
        "on_backup": bool(told.get("on_backup")) or (standing_in and not up),
        "backup_connected": None if backup is None else standing_in,
        "connected_since": _began(row, uptime, now) if connected else None,
        "next_try_at": now + timedelta(seconds=retry) if retry is not None and not up else None,
        "down_since": down_since,
    }
    if told.get("renewal_gap_ms") is not None:
        values["renewal_gap_ms"] = _whole(told["renewal_gap_ms"])
    return values | _error(row, told, backup, now)


def _began(row: Destination, uptime: float | None, now: datetime) -> datetime:
    """Return since when a connection lasts; an encoder of an older version does not say."""
    return (row.connected_since or now) if uptime is None else now - timedelta(seconds=uptime)


def _error(row: Destination, told: Told, backup: Told | None, now: datetime) -> Told:
    """Return what went wrong last, if it is new; of the backup ingest only while the first one has nothing to say."""
    text = _text(told.get("error"))
    if not text and backup is not None and _text(backup.get("error")):
        text = f"Backup ingest: {_text(backup.get('error'))}"
    if not text or (text == row.last_error and row.last_error_at is not None):
        return {}
    return {"last_error": text, "last_error_at": now}


def _counted(row: Destination, run: str, told: Told, backup: Told | None) -> Told:
    """Return what to add to the totals; they grow in the database, so that nobody's count is lost."""
    grown = growth(row.counted, run, told, backup)
    values: Told = {name: F(name) + more for name, more in grown.add.items() if more}
    if row.counted != grown.counted:
        values["counted"] = grown.counted
    if grown.add["renewals_total"]:
        values["renewed_at"] = timezone.now()
    return values


def _write(row: Destination, values: Told) -> set[str]:
    """Write what differs, and put it into ``row`` too (totals stay as they were read); return the fields' names."""
    changed = {name: value for name, value in values.items() if not _same(getattr(row, name), value)}
    if not changed:
        return set()
    Destination.objects.filter(pk=row.pk).update(**changed)
    for name, value in changed.items():
        if not isinstance(value, CombinedExpression):
            setattr(row, name, value)
    return set(changed)


def _same(known: Any, value: Any) -> bool:
    if isinstance(known, datetime) and isinstance(value, datetime):
        return abs(known - value) < NEAR
    return bool(known == value)


def _state(told: Told) -> str:
    """Return the state; an encoder of an older version tells only whether it is up."""
    state = str(told.get("state") or "")
    if state in State.values:
        return state
    return State.UP if told.get("up") else State.CONNECTING if told else State.IDLE


def _text(error: object) -> str:
    return str(error or "").replace("\0", "")[:TEXT_LIMIT]


def _whole(value: object) -> int:
    return int(min(max(_seconds(value) or 0, 0), INTEGER_LIMIT))


def _seconds(value: object) -> float | None:
    number = isinstance(value, int | float) and not isinstance(value, bool) and value == value  # noqa: PLR0124 - NaN
    return float(value) if number else None  # type: ignore[arg-type]  # it is a number
