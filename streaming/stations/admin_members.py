"""Who does what at a station, as rows on the station's own page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from config.lib.admin_pages import TabularInline
from streaming.stations.members import StationMember
from streaming.stations.membership import give_role, take_role
from streaming.stations.models import Station

if TYPE_CHECKING:
    from django.forms import BaseFormSet
    from django.http import HttpRequest


class MemberInline(TabularInline[StationMember, Station]):
    """Roles: given and taken back, never changed into another."""

    model = StationMember
    fk_name = "station"
    verbose_name = "role"
    verbose_name_plural = "who does what here"
    hide_title = True
    fields = ("person", "role")
    autocomplete_fields = ("person",)
    extra = 0

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        """Another role is another row."""
        return False


def save_members(station: Station, formset: BaseFormSet[Any], request: HttpRequest) -> bool:
    """Hand the rows to their services; tell whether they were members at all."""
    if getattr(formset, "model", None) is not StationMember:
        return False
    by: Any = request.user
    for form in formset.deleted_forms:
        if form.instance.pk:
            take_role(member=form.instance, by=by, request=request)
    for form in formset.extra_forms:
        data = form.cleaned_data
        if data.get("person") and not data.get("DELETE"):
            give_role(station=station, person=data["person"], role=data["role"], by=by, request=request)
    return True
