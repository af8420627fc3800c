"""Celery's door to this room."""

from __future__ import annotations

from celery import shared_task

from accounts.audit import forgetting


@shared_task(name="accounts.audit.forget_old")
def forget_old() -> None:
    """Delete what is older than it is kept; beat calls it every hour."""
    forgetting.forget_old()
