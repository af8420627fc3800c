"""The page of tracks that were heard and have no loop of their own: tick, choose a loop, done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from config.lib import admin_cells as cells
from config.lib.admin_rows import rows_of
from config.lib.problem import LongwaveError
from streaming.cues import services
from streaming.cues.admin_forms import AssignForm
from streaming.cues.queries import LOOK_BACK, Heard, heard_without_loop
from streaming.stations.models import Station

if TYPE_CHECKING:
    from uuid import UUID

    from django.contrib.admin import ModelAdmin
    from django.http import HttpRequest, HttpResponse

    from streaming.cues.models import TrackMapping


def heard(screen: ModelAdmin[TrackMapping], request: HttpRequest) -> HttpResponse:
    """Show the tracks, of all stations or of ``?station=<slug>``, and assign a loop to those that were ticked."""
    if not (screen.has_add_permission(request) and screen.has_change_permission(request)):
        raise PermissionDenied
    mine = rows_of(request.user, "streaming.change_trackmapping", Station.objects.all())
    stations = {station.pk: station for station in mine}
    slug = request.GET.get("station", "")
    station = get_object_or_404(mine, slug=slug) if slug else None
    tracks = {_name(track): track for track in heard_without_loop(station=station, stations=mine)}
    form = AssignForm(request.POST or None, names=list(tracks))
    if form.is_valid() and _assign(request, form, tracks, stations):
        return HttpResponseRedirect(request.get_full_path())
    context = {
        **screen.admin_site.each_context(request),
        "title": "Tracks heard without a loop of their own",
        "opts": screen.opts,
        "form": form,
        "stations": stations.values(),
        "chosen": slug,
        "look_back": LOOK_BACK,
        "rows": [_shown(name, track, stations) for name, track in tracks.items()],
    }
    return TemplateResponse(request, "admin/streaming/trackmapping/heard.html", context)


def _assign(request: HttpRequest, form: AssignForm, tracks: dict[str, Heard], stations: dict[UUID, Station]) -> bool:
    loop, names = form.cleaned_data["loop"], form.cleaned_data["track"]
    try:
        with transaction.atomic():
            for track in (tracks[name] for name in names):
                station = stations[track.station]
                services.map_key(station=station, track_key=track.track_key, loop=loop, song_id=track.song_id)
    except LongwaveError as error:
        messages.error(request, error.detail)
        return False
    count = f"{len(names)} tracks show" if len(names) > 1 else "1 track shows"
    messages.success(request, f"{count} “{loop.name}” from now on.")
    return True


def _shown(name: str, track: Heard, stations: dict[UUID, Station]) -> dict[str, Any]:
    return {
        "name": name,
        "artist": track.artist,
        "title": track.title,
        "station": stations[track.station].name,
        "plays": track.plays,
        "last": cells.ago(track.last_heard),
    }


def _name(track: Heard) -> str:
    """Name a track in the form; keys hold no bar."""
    return f"{track.station}|{track.track_key}|{track.song_id}"
