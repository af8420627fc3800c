"""Whether a station may go, and taking it away: only what never aired, so that the record of what was on air stays."""

from __future__ import annotations

from django.db import transaction

from streaming.asrun.models import Airing
from streaming.nodes.models import Encoder
from streaming.stations.errors import StationInvalidError
from streaming.stations.models import Station


def why_kept(station: Station) -> str:
    """Return the sentence that says why a station cannot be removed, or ``""``."""
    running = Encoder.objects.filter(station=station).exclude(state__in=[Encoder.State.STOPPED, Encoder.State.FAILED])
    if station.wanted_on_air or running.exists():
        return f"{station.name} is on air: stop it first."
    if Airing.objects.filter(station=station).exists():
        return f"{station.name} was on air, and what it aired stays on record. Leave it stopped."
    return ""


@transaction.atomic
def remove_station(*, station: Station) -> None:
    """Forget a station that never aired, with its destinations, mappings and playlist.

    Raises:
        StationInvalidError: it is on air, or it was.

    """
    row = Station.objects.select_for_update().get(pk=station.pk)
    reason = why_kept(row)
    if reason:
        raise StationInvalidError(reason)
    row.delete()
