"""Licences on the screens of loops and tracks: a column, a filter, and an action for many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.db.models import Q
from django.utils import timezone

from catalog.licences import admin_cells, services
from catalog.licences.admin_forms import LicenceChoiceForm
from catalog.licences.models import Licence
from catalog.visuals.models import Loop
from config.lib.admin_bulk import Question, answer

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString


class LicenceFilter(admin.SimpleListFilter):
    """What may be aired, what may not, and what nobody has written anything down of."""

    title = "licence"
    parameter_name = "licence"

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple[tuple[str, str], ...]:  # noqa: ARG002 - Django's signature
        """Offer the kinds."""
        return (("in-force", "in force"), ("not", "not aired now"), ("none", "none"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002 - the same
        """Keep the chosen kind."""
        in_force = Q(licence__in=Licence.objects.in_force(timezone.now()))
        kinds = {"in-force": in_force, "not": Q(licence__isnull=False) & ~in_force, "none": Q(licence=None)}
        chosen = kinds.get(str(self.value()))
        return queryset.filter(chosen) if chosen is not None else queryset


class UnderLicence:
    """For the screens of what can be under a licence."""

    @admin.display(description="Licence", ordering="licence__name")
    def licence_told(self, item: Any) -> SafeString:
        """Tell the licence and whether it holds."""
        return admin_cells.of_item(item.licence)

    @admin.action(description="Put under a licence…", permissions=["change"])
    def put_under(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Put several under one."""
        sentence = "These are put under the licence you choose. What it does not permit to air now gives way soon:"
        question = Question("put_under", "Put under a licence", sentence, "Put under")
        form = answer(cast("admin.ModelAdmin[Any]", self), request, queryset, LicenceChoiceForm, question)
        if not isinstance(form, LicenceChoiceForm):
            return form
        licence, rows = form.cleaned_data["licence"], list(queryset)
        if queryset.model is Loop:
            count = services.put_under(licence=licence, loops=rows)
        else:
            count = services.put_under(licence=licence, tracks=rows)
        messages.success(request, f"{count} changed: now under {licence or 'no licence'}.")
        return None
