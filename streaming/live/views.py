"""The listeners' pages and the stations' still pictures."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.visuals.models import Loop
from streaming.live.queries import has_shown, station_snapshot, stations_overview
from streaming.live.wording import WORDING, wording
from streaming.platforms.queries import where_to_watch
from streaming.stations.models import Station

if TYPE_CHECKING:
    import uuid

    from django.http import HttpRequest

SLATE = "longwave/slate.svg"
PICTURE_TYPES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
PICTURE_MAX_AGE_SECONDS = 86_400


@require_safe
def stations(request: HttpRequest) -> HttpResponse:
    """Show every station with a still picture and what is on."""
    found = [_shown(station) for station in stations_overview()]
    found.sort(key=lambda station: not station["on_air"])  # stable: by name within
    context = {"stations": found, "any_on_air": any(station["on_air"] for station in found)}
    return render(request, "live/stations.html", context)


@require_safe
def station(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one station; all of it is in the HTML, scripts only keep it current."""
    row = get_object_or_404(Station.objects.select_related("default_loop"), slug=slug)
    snapshot = station_snapshot(row)
    page = {"station": snapshot, "socket": f"/ws/stations/{row.slug}/", "states": _states(), "words": _words()}
    shown = {"station": _shown(snapshot), "page": page, "watch": where_to_watch(row)}
    return render(request, "live/station.html", shown)


@require_safe
def picture(request: HttpRequest, slug: str, loop: uuid.UUID) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """Send the still picture of a loop that this station has shown; any other loop is not found."""
    row = get_object_or_404(Station, slug=slug)
    found = get_object_or_404(Loop, pk=loop)
    if not has_shown(row, found):
        raise Http404
    if not found.thumbnail:
        return redirect(static(SLATE))
    content_type = PICTURE_TYPES.get(PurePosixPath(str(found.thumbnail.name)).suffix.lower())
    if content_type is None:
        raise Http404
    with found.thumbnail.open("rb") as file:
        response = HttpResponse(file.read(), content_type=content_type)
    response.headers["Cache-Control"] = f"public, max-age={PICTURE_MAX_AGE_SECONDS}, immutable"
    return response


def _shown(snapshot: dict[str, Any]) -> dict[str, Any]:
    """Return the snapshot with what a template needs beside it: words, addresses, times as times."""
    history = [_to_read(played) for played in snapshot.get("history", [])]
    now = _to_read(snapshot["now"]) if snapshot["now"] else None
    words = wording(snapshot["state"])
    return {**snapshot, **words, "now": now, "history": history, "picture_url": _picture_url(snapshot)}


def _to_read(played: dict[str, Any]) -> dict[str, Any]:
    """Return what was played with its time as a time, and its lines: an untitled one stands under its artist."""
    title, artist = played["title"], played["artist"]
    lines = {"headline": title or artist, "byline": artist if title else ""}
    return {**played, **lines, "started": datetime.fromisoformat(played["started_at"])}


def _picture_url(snapshot: dict[str, Any]) -> str:
    if snapshot["picture"] is None:
        return static(SLATE)
    return reverse("live:picture", args=[snapshot["slug"], snapshot["picture"]["id"]])


def _states() -> dict[str, dict[str, str]]:
    return {str(state): wording(state) for state in WORDING}


def _words() -> dict[str, str]:
    """Return what the page's scripts say, in the reader's language."""
    return {
        "play": _("Play"),
        "muted": _("Turn sound on"),
        "sound": _("Turn sound off"),
        "reconnecting": _("Live updates pause, reconnecting"),
        "unreachable": _(
            "The preview cannot be reached. The station itself may be well; this page goes on trying.",
        ),
        "unplayable": _("This browser cannot play the preview (H.264 with AAC over HLS). Another browser can."),
    }
