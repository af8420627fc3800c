"""Moves finished recordings to the media storage, and removes what was kept long enough. Runs where the files lie.

A file leaves this machine only after the storage has said how much of it it holds, and the row says where. Whatever
interrupts that, the next round finds the file here, or the row that says it may go; nothing is lost and nothing kept
twice for long.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from django.core.files import File
from django.core.files.storage import default_storage
from django.db.models import DurationField, ExpressionWrapper, F, Q
from django.db.models.functions import Now
from django.utils import timezone

from streaming.asrun.models import ErrorEntry
from streaming.outputs.disk import in_words
from streaming.outputs.models import Recording

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

    from streaming.nodes.models import Node

log = structlog.get_logger(__name__)

AT_ONCE = 20
SERVICE = "recordings"
HOUR = timedelta(hours=1)


def tidy(*, node: Node) -> int:
    """Do a round for this machine: move what is to be moved, remove what is over; return how many failed.

    A round takes the oldest of each first and at most twenty, so that it ends; what fails is told on its row, and as
    an error the first time, and is tried again in the next one.
    """
    failed = sum(not _done(row, remove) for row in _over(node)[:AT_ONCE])
    failed += sum(not _done(row, _leave_disk) for row in _to_leave(node)[:AT_ONCE])
    return failed + sum(not _done(row, _move) for row in _to_move(node)[:AT_ONCE])


def remove(row: Recording) -> None:
    """Remove a file wherever it lies, and note it; only on the machine that has it, if one still has.

    Raises:
        OSError: the file cannot be removed; storages raise errors of their own.

    """
    if row.stored_name:
        default_storage.delete(row.stored_name)
    if row.path:
        Path(row.path).unlink(missing_ok=True)
    now = timezone.now()
    Recording.objects.filter(pk=row.pk).update(path="", stored_name="", removed_at=row.removed_at or now, error="")


def _move(row: Recording) -> None:
    """Put a file into the storage, check that it is there as a whole, and note it; then it may leave this disk."""
    file = Path(row.path)
    if not file.exists():
        Recording.objects.filter(pk=row.pk).update(
            path="", removed_at=timezone.now(), error="The file was gone from the disk before it could be moved."
        )
        return
    name = _store(file, f"recordings/{row.station.slug}/{row.started_at:%Y/%m/%d}/{row.pk}{file.suffix}")
    Recording.objects.filter(pk=row.pk).update(stored_name=name, moved_at=timezone.now(), error="")
    row.stored_name = name
    _leave_disk(row)


def _store(file: Path, name: str) -> str:
    """Return the name under which the storage has all of the file; half a copy of an earlier try is replaced."""
    size = file.stat().st_size
    if default_storage.exists(name):
        if default_storage.size(name) == size:
            return name
        default_storage.delete(name)
    with file.open("rb") as content:
        kept = default_storage.save(name, File(content, name=file.name))
    held = default_storage.size(kept)
    if held != size:
        default_storage.delete(kept)
        raise OSError(0, f"it holds {held} of {size} bytes")
    return kept


def _leave_disk(row: Recording) -> None:
    Path(row.path).unlink(missing_ok=True)
    Recording.objects.filter(pk=row.pk).update(path="")


def _to_move(node: Node) -> QuerySet[Recording]:
    here = Recording.objects.filter(node=node, moved_at=None, removed_at=None, destination__to_storage=True)
    return here.exclude(path="").select_related("station").order_by("started_at")


def _to_leave(node: Node) -> QuerySet[Recording]:
    """Return those in the storage whose file is still here: something came between."""
    moved = Recording.objects.filter(node=node, removed_at=None).exclude(moved_at=None)
    return moved.exclude(path="").select_related("station").order_by("started_at")


def _over(node: Node) -> QuerySet[Recording]:
    """Return those to be removed: kept long enough, or an operator said so. What is in the storage anybody removes."""
    kept = ExpressionWrapper(F("destination__keep_hours") * HOUR, output_field=DurationField())
    long_enough = Q(destination__keep_hours__isnull=False, started_at__lt=Now() - kept, removed_at=None)
    wanted = Q(removed_at__isnull=False) & (~Q(path="") | ~Q(stored_name=""))
    reach = Q(node=node) | Q(path="")
    return Recording.objects.filter(long_enough | wanted).filter(reach).select_related("station").order_by("started_at")


def _done(row: Recording, work: Callable[[Recording], None]) -> bool:
    """Do one thing to one file; what fails is told and does not keep the others waiting."""
    try:
        work(row)
    except Exception as error:  # noqa: BLE001 - disks and storages have errors of their own; all are told and tried again
        _failed(row, error)
        return False
    return True


def _failed(row: Recording, error: Exception) -> None:
    sentence = in_words(error)
    log.warning("recording not moved", recording=str(row.pk), error=type(error).__name__, sentence=sentence)
    if not Recording.objects.filter(pk=row.pk).exclude(error=sentence).update(error=sentence):
        return  # said before
    ErrorEntry.objects.create(
        station_id=row.station_id,
        timestamp=timezone.now(),
        service=SERVICE,
        severity=ErrorEntry.Severity.ERROR,
        message=f"A recording stays on the disk of its node. {sentence}",
        context={"recording": str(row.pk)},
    )
