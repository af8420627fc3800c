"""How a licence's state is told in the console."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from catalog.licences.models import Licence
from config.lib import admin_cells as cells

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

SOON_DAYS = 30


def state(licence: Licence) -> SafeString:
    """Tell whether a licence holds, and for how much longer if that is not long."""
    now = timezone.now()
    found = licence.state_at(now)
    if found != Licence.State.IN_FORCE:
        tone: cells.Tone = "quiet" if found == Licence.State.NOT_BEGUN else "fail"
        return cells.state(found.label.capitalize(), tone, hint="What is under it is not aired.")
    left = licence.valid_until - now if licence.valid_until else None
    if left is not None and left.days < SOON_DAYS:
        words = f"Ends in {cells.span(left.total_seconds(), units=1)}"
        return cells.state(words, "warn", hint="From then on what is under it is not aired.")
    return cells.state("In force", "ok")


def of_item(licence: Licence | None) -> SafeString:
    """Tell the licence of a loop or track, and lead to it."""
    if licence is None:
        return cells.EMPTY
    url = reverse("admin:catalog_licence_change", args=[licence.pk])
    return format_html("{} {}", state(licence), cells.link(url, licence.name))
