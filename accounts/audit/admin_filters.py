"""What the list of changes can be narrowed by; both stand on an index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.contrib import admin

from accounts.audit import words

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from accounts.audit.models import Change

MOST_STATIONS = 200


class KindFilter(admin.SimpleListFilter):
    """The table."""

    title = "what"
    parameter_name = "what"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Django's signature
        """Offer the watched tables."""
        return words.kinds()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Change]) -> QuerySet[Change]:  # noqa: ARG002 - the same
        """Keep the chosen table's."""
        return queryset.filter(kind=self.value()) if self.value() else queryset


class StationFilter(admin.SimpleListFilter):
    """The station that a row belongs to; one that is gone is found by its id in the address."""

    title = "station"
    parameter_name = "of_station"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - the same
        """Offer the stations there are."""
        stations = apps.get_model("streaming.Station")._default_manager.values_list("pk", "name")  # noqa: SLF001 - public, says Django
        return [(str(key), name) for key, name in stations[:MOST_STATIONS]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Change]) -> QuerySet[Change]:  # noqa: ARG002 - the same
        """Keep the chosen station's; what is no id belongs to none."""
        if not self.value():
            return queryset
        try:
            return queryset.filter(station=UUID(str(self.value())))
        except ValueError:
            return queryset.none()
