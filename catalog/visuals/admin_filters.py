"""What the lists of pictures can be narrowed by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from catalog.visuals.models import Rendition


class TitleFilter(admin.SimpleListFilter):
    """Plain renditions, or those with a track's title on them."""

    title = "title"
    parameter_name = "title"
    choices_offered: ClassVar[tuple[tuple[str, str], ...]] = (("no", "plain"), ("yes", "with a title"))

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple[tuple[str, str], ...]:  # noqa: ARG002 - Django's signature
        """Offer both kinds."""
        return self.choices_offered

    def queryset(self, request: HttpRequest, queryset: QuerySet[Rendition]) -> QuerySet[Rendition]:  # noqa: ARG002 - the same
        """Keep the chosen kind."""
        chosen = self.value()
        return queryset.filter(card__isnull=chosen == "no") if chosen else queryset
