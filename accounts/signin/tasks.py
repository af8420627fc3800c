"""Celery's door to sending mails."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from accounts.signin import mails

TRIES = 8


@shared_task(
    name=mails.TASK,
    bind=True,
    autoretry_for=(OSError,),
    retry_backoff=5,
    retry_backoff_max=600,
    max_retries=TRIES,
)
def mail(self: Any, sealed: str) -> None:  # noqa: ARG001 - bound for its retries
    """Send one mail; try again for about an hour while the server is away."""
    mails.deliver(mails.unsealed(sealed))
