"""Celery's doors to this room."""

from __future__ import annotations

from celery import shared_task

from streaming.cues import eviction, licensing


@shared_task(name="streaming.cues.evict_titled")
def evict_titled() -> None:
    """Keep the room that titled renditions take within bounds; beat calls it every minute."""
    eviction.evict_titled()


@shared_task(name="streaming.cues.watch_licences")
def watch_licences() -> None:
    """Warn before licences end and say when they are over; beat calls it every minute."""
    licensing.watch_licences()
