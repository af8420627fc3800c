"""Where a recording's file is, getting it, and having it removed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import HttpResponseRedirect
from django.utils import timezone

from config.lib import byte_ranges
from streaming.console.states import Told
from streaming.outputs.errors import RecordingGoneError
from streaming.outputs.models import Recording

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

TYPES = {".mp4": "video/mp4", ".flv": "video/x-flv", ".ts": "video/mp2t", ".mkv": "video/x-matroska"}


def state_of(row: Recording) -> Told:
    """Tell where a file is."""
    if row.removed_at is not None:
        return Told("Removed", "quiet", row.error or "The file was removed; that it was recorded stays on record.")
    if row.stored_name:
        return Told("Stored", "ok", "The file is in the media storage.")
    if row.error:
        return Told("Waits", "fail", row.error)
    return Told("On disk", "ok", f"The file is on {row.node.name if row.node else 'its node'}: {row.path}")


def is_here(row: Recording) -> bool:
    """Tell whether this process can give the file out: it is in the storage, or on this machine's disk."""
    return row.removed_at is None and (bool(row.stored_name) or _own_file(row) is not None)


def send(request: HttpRequest, row: Recording) -> HttpResponseBase:
    """Answer with the file, or the part of it that is asked for; a storage elsewhere is pointed to for five minutes.

    Raises:
        FileNotFoundError: it is on another machine, or removed.

    """
    file = _stored_file(row) if row.stored_name else _own_file(row)
    if row.removed_at is not None or (file is None and not row.stored_name):
        raise FileNotFoundError(row.pk)
    if file is None:
        return HttpResponseRedirect(default_storage.url(row.stored_name))
    answer = byte_ranges.send(request, file, content_type=TYPES.get(file.suffix, "application/octet-stream"))
    name = f"{row.station.slug}-{row.started_at:%Y%m%d-%H%M%S}{file.suffix}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def remove_recording(*, recording: Recording) -> None:
    """Have a file removed; the machine that has it does so in its next round.

    Raises:
        RecordingGoneError: it is removed already.

    """
    there = Recording.objects.filter(pk=recording.pk, removed_at=None)
    if not there.update(removed_at=timezone.now()):
        raise RecordingGoneError("This recording is removed already.")


def _stored_file(row: Recording) -> Path | None:
    """Return the file of a storage that is a folder of this machine; None for one elsewhere."""
    try:
        return Path(default_storage.path(row.stored_name))
    except NotImplementedError:
        return None


def _own_file(row: Recording) -> Path | None:
    """Return the file on this machine; only from where recordings lie, whatever the row says."""
    if not row.path:
        return None
    file = Path(row.path).resolve()
    return file if file.is_relative_to(Path(settings.PLACES.recordings).resolve()) and file.is_file() else None
