"""Every loop and track with its licence, as rows of a table that people take away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from catalog.music.models import Track
from catalog.visuals.models import Loop
from config.lib import downloads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

COLUMNS = (
    "item",
    "id",
    "name",
    "licence",
    "owner",
    "kind",
    "state",
    "valid_from",
    "valid_until",
    "consent",
    "proof",
    "note",
    "added",
    "added_by",
)
NONE = "no licence"


def batches() -> Iterator[list[list[Any]]]:
    """Yield the rows of :data:`COLUMNS`, loops first; what Longwave draws and plays itself is left out."""
    tables: tuple[tuple[str, QuerySet[Any]], ...] = (("loop", Loop.objects.all()), ("track", Track.objects.all()))
    for word, rows in tables:
        own = rows.filter(builtin="").select_related("licence", "uploaded_by")
        for batch in downloads.newest_first(own):
            yield [_row(word, item) for item in batch]


def _row(word: str, item: Loop | Track) -> list[Any]:
    licence = item.licence
    added = [item.created_at.isoformat(), str(item.uploaded_by or "")]
    if licence is None:
        return [word, str(item.pk), str(item), "", "", "", NONE, None, None, "", "", "", *added]
    return [
        word,
        str(item.pk),
        str(item),
        licence.name,
        licence.owner,
        licence.get_kind_display(),
        licence.state_at(timezone.now()).label,
        licence.valid_from and licence.valid_from.isoformat(),
        licence.valid_until and licence.valid_until.isoformat(),
        licence.get_consent_display(),
        licence.proof_url or licence.proof_name,
        licence.note,
        *added,
    ]
