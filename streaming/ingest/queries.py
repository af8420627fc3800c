"""Reads who has a station, and who had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

from streaming.ingest.models import Takeover

if TYPE_CHECKING:
    from streaming.stations.models import Station


def running_takeover(station: Station) -> Takeover | None:
    """Return the presenter who publishes now, with the key's row; one query."""
    return Takeover.objects.select_related("key").filter(station=station, ended_at=None).first()


def takeover_for(station: Station) -> dict[str, Any] | None:
    """Return the takeover as the encoder is told it; None if nobody publishes, or takeovers are off."""
    if not settings.INGEST.url:
        return None
    takeover = running_takeover(station)
    if takeover is None:
        return None
    name = takeover.key.name if takeover.key else ""
    return {"id": str(takeover.pk), "name": name, "url": f"{settings.INGEST.pull_url}/{takeover.stream}"}
