"""Waits for compiles: woken by PostgreSQL's NOTIFY at each change, and every few seconds in case one was lost."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db import connection

from catalog.visuals.models import Rendition

CHANNEL = "longwave_rendition"
SECONDS = 2.0


def tell(rendition_id: UUID) -> None:
    """Wake whoever waits for this rendition, when the transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(rendition_id)])


def watch(rendition_id: UUID) -> Iterator[Rendition]:
    """Yield the rendition now and after each change (or pause), the last time when it is ready or failed.

    Raises:
        Rendition.DoesNotExist: it was deleted meanwhile.

    """
    with connection.cursor() as cursor:
        cursor.execute(f"LISTEN {CHANNEL}")
    try:
        while True:
            rendition = Rendition.objects.select_related("profile", "loop").get(pk=rendition_id)
            yield rendition
            if not rendition.is_unfinished:
                return
            _pause(str(rendition_id))
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"UNLISTEN {CHANNEL}")


def _pause(rendition_id: str) -> None:
    for notification in connection.connection.notifies(timeout=SECONDS):
        if notification.payload == rendition_id:
            return
