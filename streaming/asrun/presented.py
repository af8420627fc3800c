"""Keeps when a presenter's stream went on air, how, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streaming.ingest.services import note_ended, note_on_air

if TYPE_CHECKING:
    from streaming.asrun.facts import Presented
    from streaming.stations.models import Station


def store_presented(station: Station, fact: Presented) -> None:
    """Keep what the encoder says of a takeover; one that is not the station's is passed over."""
    if fact.end:
        note_ended(station=station, identity=fact.takeover, end=fact.end, at=fact.at)
    else:
        note_on_air(station=station, identity=fact.takeover, copied=fact.copied, at=fact.at)
