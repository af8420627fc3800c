"""Counts how pictures changed, for an encoder's totals."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from catalog.models import Rendition
from streaming.asrun import switching
from streaming.nodes.models import Encoder
from streaming.titles.models import TitleDesign

if TYPE_CHECKING:
    from uuid import UUID

    from streaming.asrun.facts import Aired
    from streaming.stations.models import Station

UNREADY_SEAMS = frozenset({"late", "failed"})


class Tally:
    """What one batch of facts adds to its encoder's row."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self.airings = 0
        self.switches: list[float] = []
        self.seams: Counter[str] = Counter()
        self.ready: Counter[str] = Counter()

    def note(self, fact: Aired) -> None:
        """Count a change of picture, whatever it was for."""
        if fact.origin == "show":
            self.switches.append(fact.switch_ms / 1000)
        if fact.seam:
            self.seams[fact.seam] += 1

    def note_airing(self, fact: Aired, *, titled: bool | None) -> None:
        """Count a play; of those that followed another one, whether its titled picture and its seam were ready."""
        self.airings += 1
        if fact.origin != "start":
            ready = titled is not False and fact.seam not in UNREADY_SEAMS
            self.ready["ready" if ready else "not_ready"] += 1

    def add_to(self, station: Station) -> None:
        """Add all of it to the encoder's row."""
        if not (self.airings or self.switches or self.seams):
            return
        encoder, _ = Encoder.objects.select_for_update().get_or_create(station=station)
        encoder.tracks_played_total += self.airings
        for seconds in self.switches:
            encoder.switch_seconds_sum += seconds
            encoder.switch_seconds_buckets = switching.counted(encoder.switch_seconds_buckets, seconds)
        encoder.seams_total = _added(encoder.seams_total, self.seams)
        encoder.ready_total = _added(encoder.ready_total, self.ready)
        encoder.save(
            update_fields=[
                "tracks_played_total",
                "switch_seconds_sum",
                "switch_seconds_buckets",
                "seams_total",
                "ready_total",
            ],
        )


def is_titled(station: Station, picture: UUID | None) -> bool | None:
    """Tell whether a rendition has its track's title on it; None where the station wants none, or it is not known."""
    if picture is None or not TitleDesign.objects.filter(pk=station.pk, enabled=True).exists():
        return None
    return Rendition.objects.filter(pk=picture, card__isnull=False).exists()


def _added(total: dict[str, int], more: Counter[str]) -> dict[str, int]:
    return dict(Counter(total) + more)
