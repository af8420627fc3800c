"""Tags on loops: put on and taken off many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Func

from catalog.visuals.models import Loop

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet


def tags_in_use() -> list[str]:
    """Return every tag that a loop has, by name."""
    each = Loop.objects.annotate(tag=Func(F("tags"), function="unnest"))
    return sorted(each.values_list("tag", flat=True).distinct(), key=str.casefold)


@transaction.atomic
def tag_loops(*, loops: QuerySet[Loop], tags: Sequence[str], adding: bool) -> int:
    """Put ``tags`` on the loops, or take them off; return how many loops changed. Order and doubles stay out of it."""
    changed = []
    for loop in Loop.objects.select_for_update().filter(pk__in=loops.values("pk")):
        others = [tag for tag in loop.tags if tag not in tags]
        wanted = [*loop.tags, *(tag for tag in tags if tag not in loop.tags)] if adding else others
        if wanted != loop.tags:
            loop.tags = wanted
            changed.append(loop)
    Loop.objects.bulk_update(changed, ["tags"])
    return len(changed)
