"""Reads of renditions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Prefetch

from catalog.visuals.content_key import content_key
from catalog.visuals.drawing import SLATE
from catalog.visuals.models import Loop, Rendition

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from catalog.visuals.models import EncodingProfile, TitleCard


def ready_renditions(
    *,
    loops: Iterable[Loop],
    profile: EncodingProfile,
    card: TitleCard | None = None,
) -> dict[UUID, Rendition]:
    """Return the compiled renditions of ``loops`` at a profile, by loop: plain ones, or those with this title.

    One that an older compiler made, or before the loop's join was chosen anew, stands in until today's is ready.
    """
    today = {content_key(loop, profile, card) for loop in loops}
    found = Rendition.objects.filter(loop__in=loops, profile=profile, card=card, status=Rendition.Status.READY)
    ranked = sorted(found, key=lambda rendition: (rendition.content_key in today, rendition.created_at))
    return {rendition.loop_id: rendition for rendition in ranked}


def is_of_today(rendition: Rendition, loop: Loop, profile: EncodingProfile, card: TitleCard | None = None) -> bool:
    """Tell whether a rendition is what would be compiled now."""
    return rendition.content_key == content_key(loop, profile, card)


def slate_loop() -> Loop | None:
    """Return the built-in slate, if it was drawn already."""
    return Loop.objects.filter(builtin=SLATE).first()


def with_plain_renditions() -> Prefetch[str]:
    """Return what loads loops' renditions without a title, newest first; titled ones are too many to list."""
    return Prefetch("renditions", queryset=Rendition.objects.filter(card=None))
