"""The API below a station: it is found among those where the caller holds what the action needs, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Model
from django.shortcuts import get_object_or_404

from accounts.keys.scopes import bound_to
from accounts.people.permitted import PUBLIC, needed
from streaming.stations.access import at_stations, rows_of
from streaming.stations.models import Station

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request
    from rest_framework.views import APIView as View
else:
    View = object

_M = TypeVar("_M", bound=Model)


def allowed(request: Request, permission: str, rows: QuerySet[_M]) -> QuerySet[_M]:
    """Narrow rows to those that the caller, with the key it came with, holds a permission for."""
    mine = rows_of(request.user, permission, rows)
    only = bound_to(request.auth)
    return mine if only is None else at_stations(mine, only)


class NarrowsToStations(View):
    """A viewset whose rows are narrowed to the caller's stations by ``allowed``: a key bound to stations may use it."""

    narrows_to_stations = True

    def allowed(self, rows: QuerySet[_M]) -> QuerySet[_M]:
        """Narrow rows to those that the action at hand may touch; what is open to all is not narrowed."""
        need = needed(self, self.request.method or "")
        return rows if need == PUBLIC else allowed(self.request, need, rows)


class BelowStation(NarrowsToStations):
    """A viewset below ``/stations/<slug>/``: the station is looked up before anything else is read."""

    station: Station

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Find the station after the caller was let in; one where they may not is not found."""
        super().initial(request, *args, **kwargs)
        if not getattr(self, "action", ""):
            return  # the answer is 405
        self.station = get_object_or_404(
            self.allowed(Station.objects.select_related("profile")), slug=self.kwargs["slug"]
        )
