"""Tags on the loops' screen: a filter, and two actions on many loops at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages

from catalog.visuals.admin_forms import TagForm
from catalog.visuals.tagging import tag_loops, tags_in_use
from config.lib.admin_bulk import Question, answer

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from catalog.visuals.models import Loop


class TagFilter(admin.SimpleListFilter):
    """Loops with one tag."""

    title = "tag"
    parameter_name = "tag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Django's
        """Return every tag in use."""
        return [(tag, tag) for tag in tags_in_use()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Loop]) -> QuerySet[Loop]:  # noqa: ARG002 - the same
        """Filter by the GIN index."""
        return queryset.filter(tags__contains=[self.value()]) if self.value() else queryset


class TagActions:
    """Actions on chosen loops."""

    @admin.action(description="Add tags…", permissions=["change"])
    def add_tags(self, request: HttpRequest, queryset: QuerySet[Loop]) -> HttpResponse | None:
        """Put tags on several loops."""
        return self._tag(request, queryset, adding=True)

    @admin.action(description="Remove tags…", permissions=["change"])
    def remove_tags(self, request: HttpRequest, queryset: QuerySet[Loop]) -> HttpResponse | None:
        """Take tags off several loops."""
        return self._tag(request, queryset, adding=False)

    def _tag(self, request: HttpRequest, queryset: QuerySet[Loop], *, adding: bool) -> HttpResponse | None:
        verb, action = ("Add tags to", "add_tags") if adding else ("Remove tags from", "remove_tags")
        question = Question(action, f"{verb} loops", f"{verb} these {queryset.count()} loops:", verb.split(" ", 1)[0])
        form = answer(cast("admin.ModelAdmin[Loop]", self), request, queryset, TagForm, question)
        if not isinstance(form, TagForm):
            return form
        count = tag_loops(loops=queryset, tags=form.cleaned_data["tags"], adding=adding)
        messages.success(request, f"{count} loops changed.")
        return None
