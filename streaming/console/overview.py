"""Reads what the start page tells: every station with what it plays, and the newest errors. A handful of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Case, DateTimeField, ExpressionWrapper, OuterRef, Prefetch, Subquery, When

from config.lib import admin_cells
from streaming.asrun import sound_words
from streaming.asrun.models import Airing, ErrorEntry, SoundStep
from streaming.asrun.sound_steps import latest_step
from streaming.console import states
from streaming.ingest.models import Takeover
from streaming.nodes.models import Encoder
from streaming.outputs.models import Destination
from streaming.stations.models import Station

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet
    from django.utils.safestring import SafeString

CLOCKS_DIFFER = timedelta(minutes=5)
ERRORS_READ = 60
ERRORS_SHOWN = 6


@dataclass(frozen=True)
class StationNow:
    """A station, how it is, and what it plays (None while it is off air)."""

    station: Station
    told: states.Told
    playing: Airing | None
    destinations: list[Destination]
    step: SoundStep | None = None
    """The last step of its sound, while the main source is not what is heard."""
    takeover: Takeover | None = None

    @property
    def is_on_air(self) -> bool:
        """Whether its encoder runs."""
        return states.is_running(self.station)

    @property
    def wanted(self) -> list[Destination]:
        """The destinations it is to be sent to."""
        return [d for d in self.destinations if d.enabled]

    @property
    def connected(self) -> list[Destination]:
        """The destinations that have the stream now."""
        return [d for d in self.wanted if d.connected and self.is_on_air]


@dataclass(frozen=True)
class Complaint:
    """The same error, however often it was said lately; ``newest`` is the last one."""

    newest: ErrorEntry
    times: int

    @property
    def ago(self) -> SafeString:
        """How long ago it was said last."""
        return admin_cells.ago(self.newest.timestamp)


def with_present(stations: QuerySet[Station], destinations: QuerySet[Destination] | None = None) -> QuerySet[Station]:
    """Return the stations with all that :func:`present` needs, their newest airing's id as ``newest_airing``.

    ``destinations`` are those that may be told of; ``None`` is all of them.

    Only stations on air are looked up, and only in this life of their encoder: for a station that has nothing new
    PostgreSQL would else walk through the history of all others (0.6 s with a million rows).
    """
    told = Destination.objects.all() if destinations is None else destinations
    began = ExpressionWrapper(OuterRef("encoder__started_at") - CLOCKS_DIFFER, DateTimeField())
    airings = Airing.objects.filter(station=OuterRef("pk"), started_at__gte=began)
    newest = Subquery(airings.order_by("-started_at", "-id").values("pk")[:1])
    return (
        stations.select_related("encoder", "profile", "default_loop", "held_loop")
        .prefetch_related(
            Prefetch("destinations", told.select_related("plan__account").order_by("name")),
            Prefetch("takeovers", Takeover.objects.filter(ended_at=None).select_related("key"), to_attr="presenting"),
        )
        .annotate(newest_airing=Case(When(encoder__state=Encoder.State.RUNNING, then=newest)))
    )


def stations_now(
    now: datetime, stations: QuerySet[Station] | None = None, destinations: QuerySet[Destination] | None = None
) -> list[StationNow]:
    """Return stations (all, or these) by name; three queries, one more for each whose sound is lost."""
    found = list(with_present(Station.objects.all() if stations is None else stations, destinations))
    keys = {station.pk: _newest_airing(station) for station in found}
    airings = Airing.objects.select_related("loop").in_bulk([key for key in keys.values() if key])
    steps = _steps(found)
    return [_now(station, airings.get(keys[station.pk] or 0), steps.get(station.pk), now) for station in found]


def present(station: Station, now: datetime) -> StationNow:
    """Return one station from :func:`with_present`; one query, none while it is off air."""
    key = _newest_airing(station)
    playing = Airing.objects.select_related("loop").filter(pk=key).first() if key else None
    return _now(station, playing, _steps([station]).get(station.pk), now)


def newest_complaints(entries: QuerySet[ErrorEntry] | None = None) -> list[Complaint]:
    """Return what went wrong lately, newest first, each sentence once with how often it was said."""
    rows = (
        (ErrorEntry.objects.all() if entries is None else entries)
        .select_related("station")
        .order_by("-timestamp", "-id")[:ERRORS_READ]
    )
    return gather(rows)[:ERRORS_SHOWN]


def gather(entries: Iterable[ErrorEntry]) -> list[Complaint]:
    """Put equal errors of a station together, in the order of their newest."""
    found: dict[tuple[object, str], list[ErrorEntry]] = {}
    for entry in entries:
        found.setdefault((entry.station_id, entry.message), []).append(entry)
    return [Complaint(newest=group[0], times=len(group)) for group in found.values()]


def _newest_airing(station: Station) -> int | None:
    """Return the id that :func:`with_present` found."""
    return getattr(station, "newest_airing", None)


def _steps(stations: Iterable[Station]) -> dict[UUID, SoundStep]:
    """Return the last step of the sound of each station whose main source is lost; one query for each of those."""
    lost = [s for s in stations if (e := states.encoder_of(s)) and sound_words.is_lost(e.lane)]
    found = {station.pk: latest_step(station=station) for station in lost}
    return {key: step for key, step in found.items() if step is not None}


def _now(station: Station, airing: Airing | None, step: SoundStep | None, now: datetime) -> StationNow:
    return StationNow(
        station=station,
        told=states.station_state(station, now),
        playing=airing if states.is_running(station) else None,
        destinations=list(station.destinations.all()),
        step=step,
        takeover=next(iter(getattr(station, "presenting", ())), None),
    )
