"""The live preview of a design: a picture made anew for each request, kept nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from PIL import Image

from catalog.models import Artwork, Loop
from catalog.visuals import artwork, drawing
from catalog.visuals.titles.words import Words
from config.lib.admin_rows import rows_of
from streaming.sources.models import TrackChange
from streaming.stations.models import Station
from streaming.titles import samples, services
from streaming.titles.admin_forms import TryForm

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from streaming.titles.models import TitleDesign

UNPROCESSABLE = 422


def preview(screen: ModelAdmin[TitleDesign], request: HttpRequest, station: UUID) -> HttpResponseBase:
    """Send a PNG of what the design in the query would look like at a station, or say which field is wrong."""
    if not screen.has_view_permission(request):
        raise PermissionDenied
    stations = rows_of(request.user, "streaming.view_titledesign", Station.objects.select_related("default_loop"))
    row = get_object_or_404(stations, pk=station)
    form = TryForm(request.GET)
    if not form.is_valid():
        return _refused(form)
    design = services.design_of(form.instance)
    words = _words(row, form.cleaned_data["sample"])
    picture = services.preview(
        design=design,
        words=words,
        backdrop=_backdrop(row),
        cover=_cover(words) or samples.sample_cover(design.accent),
    )
    return HttpResponse(picture, content_type="image/png", headers={"Cache-Control": "private, max-age=20"})


def _refused(form: TryForm) -> JsonResponse:
    errors = [{"field": name, "detail": str(sentences[0])} for name, sentences in form.errors.items()]
    said = "; ".join(f"{form.fields[error['field']].label}: {error['detail']}" for error in errors)
    body: dict[str, Any] = {"title": "This design cannot be drawn", "status": UNPROCESSABLE, "detail": said}
    return JsonResponse({**body, "errors": errors}, status=UNPROCESSABLE, content_type="application/problem+json")


def _words(station: Station, sample: str) -> Words:
    """Return a sample's words, or those of the station's newest track; a station without one shows the first sample."""
    if sample != samples.NOW:
        return samples.words_of(sample, station.name)
    change = TrackChange.objects.filter(station=station).defer("payload").order_by("-id").first()
    if change is None:
        return samples.words_of(next(iter(samples.SAMPLES)), station.name)
    return Words(change.artist, change.title, station.name, change.art_url)


def _cover(words: Words) -> Image.Image | None:
    known = artwork.known(words.art_url) if words.art_url else None
    return artwork.opened(known) if known and known.status == Artwork.Status.READY else None


def _backdrop(station: Station) -> Image.Image:
    """Return a picture of what the station shows: its default loop, else the slate, else a plain ground."""
    loop = station.default_loop or Loop.objects.filter(builtin=drawing.SLATE).first()
    if loop is None or not loop.thumbnail:
        return samples.plain_backdrop(services.PREVIEW_SIZE)
    try:
        with loop.thumbnail.open("rb") as file, Image.open(file) as picture:
            return picture.convert("RGB")
    except FileNotFoundError:
        return samples.plain_backdrop(services.PREVIEW_SIZE)  # the loops' screen says that its picture is gone
