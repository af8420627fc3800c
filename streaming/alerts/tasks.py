"""Celery's door to telling alerts."""

from __future__ import annotations

from celery import shared_task

from streaming.alerts import telling
from streaming.alerts.services import TELL_TASK


@shared_task(name=TELL_TASK, expires=60)
def tell() -> None:
    """Send the messages that are due; called when an alert opens or closes, and by beat every ten seconds."""
    telling.tell_due()
