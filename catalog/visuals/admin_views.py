"""What the screens of pictures load beside themselves: thumbnails, videos, fresh cells. For people who may see them."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404

from catalog.visuals import admin_cells as own_cells
from catalog.visuals import services
from catalog.visuals.models import Loop, Rendition
from catalog.visuals.queries import with_plain_renditions
from config.lib import byte_ranges
from config.lib.problem import LongwaveError

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

PICTURES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
MOST_CELLS = 200


def thumbnail(screen: ModelAdmin[Loop], request: HttpRequest, loop: UUID) -> HttpResponseBase:
    """Send a loop's picture."""
    _may_view(screen, request)
    row = get_object_or_404(Loop, pk=loop)
    content_type = PICTURES.get(PurePath(row.thumbnail.name or "").suffix)
    if content_type is None:
        raise Http404
    try:
        picture = row.thumbnail.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    headers = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
    return FileResponse(picture, content_type=content_type, headers=headers)


def video(screen: ModelAdmin[Rendition], request: HttpRequest, rendition: UUID) -> HttpResponseBase:
    """Send a compiled rendition, in parts as the player asks for them."""
    _may_view(screen, request)
    row = get_object_or_404(Rendition, pk=rendition)
    try:
        return byte_ranges.send(request, services.rendition_path(row), content_type="video/mp4")
    except (LongwaveError, FileNotFoundError) as error:
        raise Http404(str(error)) from error


def loop_cells(screen: ModelAdmin[Loop], request: HttpRequest) -> HttpResponse:
    """Send the cells of the loops named by ``key`` as they are now."""
    _may_view(screen, request)
    rows = Loop.objects.filter(pk__in=_keys(request, "loop")).prefetch_related(with_plain_renditions())
    return HttpResponse("".join(own_cells.renditions(row) for row in rows))


def rendition_cells(screen: ModelAdmin[Rendition], request: HttpRequest) -> HttpResponse:
    """Send the cells of the renditions named by ``key`` as they are now."""
    _may_view(screen, request)
    rows = Rendition.objects.filter(pk__in=_keys(request, "rendition"))
    return HttpResponse("".join(own_cells.live_status(row) for row in rows))


def _keys(request: HttpRequest, kind: str) -> list[UUID]:
    """Return the ids in keys like ``loop:<id>:renditions``; what is none is left out."""
    found = []
    for key in request.GET.getlist("key")[:MOST_CELLS]:
        parts = key.split(":")
        if parts[0] == kind and len(parts) > 1:
            try:
                found.append(UUID(parts[1]))
            except ValueError:
                continue
    return found


def _may_view(screen: ModelAdmin[Any], request: HttpRequest) -> None:
    if not screen.has_view_permission(request):
        raise PermissionDenied
