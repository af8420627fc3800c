"""Celery's doors to this room."""

from __future__ import annotations

from celery import shared_task

from streaming.cues import eviction


@shared_task(name="streaming.cues.evict_titled")
def evict_titled() -> None:
    """Keep the room that titled renditions take within bounds; beat calls it every minute."""
    eviction.evict_titled()
