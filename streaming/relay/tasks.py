"""Celery's door to the relay."""

from __future__ import annotations

from celery import shared_task

from streaming.relay import looking


@shared_task(name="streaming.relay.look", expires=5)
def look_at_relay() -> None:
    """Look how the relay's pushes are; beat calls it every five seconds, and it does nothing without a relay."""
    looking.look()
