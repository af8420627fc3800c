"""The verbs of alerts: open one, close it. Both may be called as often as the caller likes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from celery import current_app
from django.db import transaction
from django.utils import timezone

from streaming.alerts.models import Alert, AlertChannel, AlertMessage, Severity

if TYPE_CHECKING:
    from datetime import datetime

    from streaming.stations.models import Station

TELL_TASK = "streaming.alerts.tell"


@transaction.atomic
def open_alert(*, kind: str, subject: str, severity: str, sentence: str, station: Station | None = None) -> Alert:
    """Say that something is wrong; said again while it is open, time, severity and sentence are renewed.

    Every channel that wants its severity is told once, and those that want a worse one when it gets worse.

    Args:
        kind: what is wrong, in one word, e.g. ``node-gone``.
        subject: what it is about, e.g. ``node:<id>``; at most 80 characters.
        severity: one of :class:`Severity`; anything else is a ``ValueError``.
        sentence: what is wrong and what to do, for the operator.
        station: the station it belongs to, if it belongs to one.

    """
    now, least = timezone.now(), Severity(severity)
    alert = _lock_open(kind, subject)
    while alert is None:
        # The table takes one open alert of a kind about a thing: whoever comes second waits here for the first.
        new = Alert(kind=kind, subject=subject, severity=least, sentence=sentence, station=station, seen_at=now)
        Alert.objects.bulk_create([new], ignore_conflicts=True)
        alert = _lock_open(kind, subject)
    alert.severity, alert.sentence, alert.seen_at = least, sentence, now
    alert.station = station or alert.station
    alert.save(update_fields=["severity", "sentence", "seen_at", "station"])
    _tell(alert, now)
    return alert


@transaction.atomic
def close_alert(*, kind: str, subject: str) -> Alert | None:
    """Say that it is over; returns the alert that was open, None if none was.

    Who was told of it is told of its end. A message that nobody has tried to send yet tells both at once.
    """
    alert = _lock_open(kind, subject)
    if alert is None:
        return None
    alert.closed_at = timezone.now()
    alert.save(update_fields=["closed_at"])
    begun = alert.messages.select_for_update().filter(closing=False, given_up_at=None, tries__gt=0)
    ends = [AlertMessage(alert=alert, channel_id=m.channel_id, closing=True) for m in begun]
    _enqueue(ends, alert.closed_at)
    return alert


@transaction.atomic
def drop_alert(*, kind: str, subject: str) -> None:
    """Close an alert without a word, because another one says what has become of it."""
    alert = _lock_open(kind, subject)
    if alert is not None:
        alert.closed_at = timezone.now()
        alert.save(update_fields=["closed_at"])
        alert.messages.waiting().update(given_up_at=alert.closed_at)


def _lock_open(kind: str, subject: str) -> Alert | None:
    return Alert.objects.select_for_update().filter(kind=kind, subject=subject, closed_at=None).first()


def _tell(alert: Alert, now: datetime) -> None:
    channels = AlertChannel.objects.wanting(alert.severity).exclude(messages__alert=alert)
    _enqueue([AlertMessage(alert=alert, channel=channel) for channel in channels], now)


def _enqueue(messages: list[AlertMessage], now: datetime) -> None:
    """Leave messages to the task; without a queue beat finds them a little later."""
    if not messages:
        return
    for message in messages:
        message.next_try_at = now
    AlertMessage.objects.bulk_create(messages, ignore_conflicts=True)
    transaction.on_commit(partial(current_app.send_task, TELL_TASK, retry=False), robust=True)
