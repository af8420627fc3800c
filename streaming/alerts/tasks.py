"""Celery's doors to this room."""

from __future__ import annotations

from celery import shared_task

from streaming.alerts import refusals, telling
from streaming.alerts.services import TELL_TASK


@shared_task(name=TELL_TASK, expires=60)
def tell() -> None:
    """Send the messages that are due; called when an alert opens or closes, and by beat every ten seconds."""
    telling.tell_due()


@shared_task(name="streaming.alerts.watch_refusals")
def watch_refusals() -> None:
    """Say when doors are tried too often; beat calls it every minute."""
    refusals.watch_refusals()
