"""The start page, and what it and the stations' list are refreshed from every five seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from catalog.models import Rendition
from streaming.asrun.models import ErrorEntry
from streaming.console import alarms, cells, first_steps, needs, of_platforms, overview, sound
from streaming.console.of_destinations import listed
from streaming.nodes.models import Node
from streaming.outputs.models import Destination
from streaming.stations.access import rows_of, stations_of

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite
    from django.http import HttpRequest

FAILED_SHOWN = 5
FRAGMENT = "admin/console/now.html"


def start_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add what the start page tells (unfold's ``DASHBOARD_CALLBACK``)."""
    told = now_context(request.user) if _may_see(request) else {}
    return {**context, **told, "title": "On air"}


def now_context(person: Any) -> dict[str, Any]:
    """Return what is on air, whether it is well, and what needs the operator, of what they may see; about ten queries.

    What a station needs is told to those who run it.
    """
    now = timezone.now()
    rows = _rows(person)
    runs = set(stations_of(person, "streaming.change_station").values_list("pk", flat=True))
    failed = rows_of(person, "catalog.view_rendition", Rendition.objects.filter(status=Rendition.Status.FAILED))
    found = needs.of_all(
        [row for row in rows if row.station.pk in runs],
        Node.objects.all(),
        failed.select_related("loop")[:FAILED_SHOWN],
        now,
        [*alarms.all_alarms(person), *of_platforms.all_needs(person)],
    )
    steps = first_steps.steps() if person.has_perm("streaming.add_station") else []
    return {
        "rows": [{**_shown(row), "may_run": row.station.pk in runs} for row in rows],
        "runs": bool(runs),
        "may_add": person.has_perm("streaming.add_station"),
        "sees_errors": person.has_perm("streaming.view_errorentry"),
        "sees_destinations": person.has_perm("streaming.view_destination"),
        "on_air": sum(row.is_on_air for row in rows),
        "needs": found,
        "worst": found[0].tone if found else "ok",
        "complaints": overview.newest_complaints(
            rows_of(person, "streaming.view_errorentry", ErrorEntry.objects.all())
        ),
        "steps": steps,
        "keys": " ".join(str(row.station.pk) for row in rows) + (" steps" if steps else ""),
    }


def now(request: HttpRequest) -> HttpResponse:
    """Send the start page's content alone."""
    _check(request)
    return TemplateResponse(request, FRAGMENT, now_context(request.user))


def station_cells(request: HttpRequest) -> HttpResponse:
    """Send the live cells of the reader's stations."""
    _check(request)
    rows = _rows(request.user)
    parts = (cells.state, cells.now, cells.source, cells.destinations, cells.uptime, sound.panel, listed)
    return HttpResponse("".join(part(row) for row in rows for part in parts))


def urls(site: AdminSite) -> list[URLPattern]:
    """Return the addresses of the fragments, below the stations' list."""
    return [
        path("now/", site.admin_view(now), name="console_now"),
        path("cells/", site.admin_view(station_cells), name="console_station_cells"),
    ]


def _shown(row: overview.StationNow) -> dict[str, Any]:
    names = ("state", "now", "source", "destinations", "uptime", "load")
    return {"station": row.station, **{name: getattr(cells, name)(row) for name in names}, "is_on_air": row.is_on_air}


def _rows(person: Any) -> list[overview.StationNow]:
    destinations = rows_of(person, "streaming.view_destination", Destination.objects.all())
    return overview.stations_now(timezone.now(), stations_of(person, "streaming.view_station"), destinations)


def _may_see(request: HttpRequest) -> bool:
    return request.user.has_perm("streaming.view_station")


def _check(request: HttpRequest) -> None:
    if not _may_see(request):
        raise PermissionDenied
