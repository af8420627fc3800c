"""The first steps of a new operator, each ticked by what is in the tables; gone when all are done."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from catalog.models import Loop
from streaming.outputs.models import Destination
from streaming.sources.models import TrackChange
from streaming.stations.models import Station

# The station that comes with the installation is no step of the operator's own.
GIVEN = "demo"
NEWEST_CHANGES = 500


@dataclass(frozen=True)
class Step:
    """One thing to do: the words, where it is done, and whether it is."""

    words: str
    hint: str
    url: str
    is_done: bool


def steps() -> list[Step]:
    """Return the steps in order, or none once all are done."""
    own = list(Station.objects.exclude(slug=GIVEN).order_by("created_at"))
    found = [_station(own), _loop(), _default(own), _destination(own), _start(own)]
    radio = next((s for s in own if s.source_kind == Station.SourceKind.AZURACAST), None)
    if radio:
        found.append(_webhook(radio))
    return [] if all(step.is_done for step in found) else found


def _station(own: list[Station]) -> Step:
    url = reverse("admin:streaming_station_add")
    return Step("Add your station", "Its name, and where its sound comes from.", url, bool(own))


def _loop() -> Step:
    url = reverse("admin:catalog_loop_add")
    is_done = Loop.objects.filter(builtin="", status=Loop.Status.READY).exists()
    return Step("Upload a loop", "Any video of a second or longer.", url, is_done)


def _default(own: list[Station]) -> Step:
    is_done = any(station.default_loop_id for station in own)
    return Step("Set the default loop", "Shown when a track has none of its own.", _page(own), is_done)


def _destination(own: list[Station]) -> Step:
    url = reverse("admin:streaming_destination_add")
    is_done = Destination.objects.filter(station__in=own).exists()
    return Step("Add a destination", "YouTube, Twitch or any RTMP address, and its stream key.", url, is_done)


def _start(own: list[Station]) -> Step:
    return Step("Start it", "It stays on air until you stop it.", _page(own), any(s.wanted_on_air for s in own))


def _webhook(radio: Station) -> Step:
    newest = TrackChange.objects.filter(station=radio).order_by("-id").values_list("origin", flat=True)
    is_done = TrackChange.Origin.WEBHOOK in newest[:NEWEST_CHANGES]
    url = reverse("admin:streaming_station_change", args=[radio.pk])
    hint = "Copy the address and a new secret from the station's page into AzuraCast."
    return Step("Connect AzuraCast's webhook", hint, url, is_done)


def _page(own: list[Station]) -> str:
    """Return the page of the newest station, or of adding one."""
    if not own:
        return reverse("admin:streaming_station_add")
    return reverse("admin:streaming_station_change", args=[own[-1].pk])
