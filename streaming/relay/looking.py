"""Looks at the relay's statistics and keeps how the pushed destinations are."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from config.lib import http
from config.lib.addresses import AddressRefusedError, NameUnknownError
from config.lib.vault import SealBrokenError
from streaming.outputs.keys import stream_key
from streaming.outputs.models import Destination
from streaming.outputs.relaying import RELAY
from streaming.relay.errors import StatUnreadableError
from streaming.relay.pushing import Seen, Told, judge
from streaming.relay.stat import read_stat

if TYPE_CHECKING:
    from uuid import UUID

    from streaming.relay.stat import StreamStat

SECONDS = 3.0
State = Destination.State


def read_relay(*, seconds: float = SECONDS) -> dict[str, StreamStat]:
    """Return the relay's streams by their secret names.

    Raises:
        StatUnreadableError: it does not answer, or with something else.

    """
    plan = settings.RELAY
    try:
        answer = http.get(plan.stat_url, seconds=seconds)
    except (http.FetchError, AddressRefusedError, NameUnknownError) as error:
        raise StatUnreadableError(f"The relay's statistics cannot be read: {error.detail}") from error
    if answer.status != 200:  # noqa: PLR2004 - OK
        raise StatUnreadableError(f"The relay's statistics cannot be read: it answered {answer.status}.")
    return read_stat(answer.body, application=plan.application)


@transaction.atomic
def look() -> None:
    """Write to every pushed destination how it is; rows that somebody else is writing are left to them."""
    if not settings.RELAY.url:
        return
    try:
        streams, problem = read_relay(), ""
    except StatUnreadableError as error:
        streams, problem = {}, error.detail
    names, now = _names(), timezone.now()
    rows = Destination.objects.filter(via_relay=True).select_related("station")
    for row in rows.select_for_update(skip_locked=True, of=("self",)):
        before = Seen.from_json(row.counted.get("relay"))
        told = judge(str(row.pk), streams.get(names.get(row.station_id, "")), before)
        wanted = row.enabled and row.station.wanted_on_air
        if problem:
            told = Told(State.WAITING, problem, before)
        _write(row, told, now, wanted=wanted)


def _names() -> dict[UUID, str]:
    """Return the name each station publishes under; one whose name cannot be read publishes nothing."""
    found: dict[UUID, str] = {}
    for row in Destination.objects.filter(platform=RELAY, enabled=True):
        try:
            found[row.station_id] = stream_key(row)
        except SealBrokenError:
            continue  # `relay config` and the node say so
    return found


def _write(row: Destination, told: Told, now: datetime, *, wanted: bool) -> None:
    error = told.error if wanted else ""
    values: dict[str, Any] = {
        "connected": told.connected,
        "state": told.state if wanted or told.connected else State.IDLE,
        "connected_since": now - timedelta(milliseconds=told.milliseconds) if told.connected else None,
        "down_since": None if told.connected or not wanted else row.down_since or now,
        "counted": {"relay": told.seen.to_json()},
        "bytes_total": F("bytes_total") + told.bytes,
        "reconnects_total": F("reconnects_total") + told.reconnects,
        "dropped_packets_total": F("dropped_packets_total") + told.dropped,
        "next_try_at": None,
        "queued_ms": 0,
    }
    if error and error != row.last_error:
        values |= {"last_error": error, "last_error_at": now}
    Destination.objects.filter(pk=row.pk).update(**values)
