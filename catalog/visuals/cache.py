"""Keeps the room that titled renditions take within bounds: least recently aired first out, nothing in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Greatest

from catalog.media.storing import forget_copy, remove
from catalog.visuals.models import Rendition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from django.db.models import QuerySet

# So many rows are looked at in one go.
AT_ONCE = 500


def evict(*, most: int, is_in_use: Callable[[Rendition], bool]) -> int:
    """Remove titled renditions until the rest have at most ``most`` bytes, and return how many went.

    First goes what was aired longest ago; what was never aired counts as aired when it was made. ``is_in_use`` is asked
    with the row locked, so whoever decides to show it meanwhile either is seen or waits.
    """
    too_many = _titled().aggregate(total=Sum("size"))["total"] or 0
    gone = 0
    for key in _by_age():
        if too_many <= most:
            break
        size = _remove(key, is_in_use)
        too_many -= size
        gone += bool(size)
    return gone


def _titled() -> QuerySet[Rendition]:
    return Rendition.objects.filter(card__isnull=False, status=Rendition.Status.READY)


def _by_age() -> Iterator[UUID]:
    aged = _titled().annotate(used_at=Greatest(F("last_aired_at"), F("ready_at"))).order_by("used_at", "pk")
    yield from aged.values_list("pk", flat=True)[:AT_ONCE]


def _remove(key: UUID, is_in_use: Callable[[Rendition], bool]) -> int:
    """Remove one unless it is in use or somebody else has it; return its bytes. Its files go once that is committed."""
    with transaction.atomic():
        row = _titled().select_for_update(of=("self",), skip_locked=True).filter(pk=key).first()
        if row is None or is_in_use(row):
            return 0
        name, size, copy = str(row.file.name), row.size, f"renditions/{row.content_key}.mp4"
        row.delete()
        transaction.on_commit(lambda: remove(name))
        transaction.on_commit(lambda: forget_copy(copy))
    return size
