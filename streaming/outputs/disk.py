"""Where recordings lie on this machine, and whether there is room for them."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from config.lib.problem import NO_SPACE

if TYPE_CHECKING:
    from uuid import UUID

    from streaming.outputs.models import Destination

LEAST_FREE_BYTES = 2 * 1024**3
GIB = 1024**3


def folder_of(slug: str, destination: UUID) -> Path:
    """Return the folder of one recording: by station, and apart from the station's other recordings."""
    return Path(settings.PLACES.recordings) / slug / destination.hex[:8]


def try_recording(destination: Destination) -> tuple[bool, str]:
    """Tell whether a recording could be written here and moved to where it is to be kept, in a sentence."""
    folder = folder_of(destination.station.slug, destination.pk)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return False, f"Nothing can be written to {folder}: {error.strerror or error}."
    if free < LEAST_FREE_BYTES:
        return False, f"Only {free / GIB:.1f} GiB are free in {folder}: make room before you record."
    if destination.to_storage:
        failed = try_storage()
        if failed:
            return False, failed
    return True, f"{free / GIB:.0f} GiB are free in {folder} on this machine."


def try_storage() -> str:
    """Put a few bytes into the media storage and take them away again; return what went wrong, or ``""``."""
    try:
        name = default_storage.save(f"recordings/.trial-{uuid.uuid4().hex}", ContentFile(b"trial"))
        default_storage.delete(name)
    except Exception as error:  # noqa: BLE001 - every storage has errors of its own; all of them are told
        return in_words(error)
    return ""


def in_words(error: Exception) -> str:
    """Say what a storage's error means, without what it may hold of credentials."""
    if isinstance(error, OSError) and error.errno in NO_SPACE:
        return "The media storage is full: make room there; the file waits on this machine."
    if isinstance(error, OSError) and error.strerror:
        return f"The media storage does not take the file: {error.strerror}."
    code = str((getattr(error, "response", None) or {}).get("Error", {}).get("Code", ""))
    said = code or type(error).__name__
    return f"The media storage does not take the file ({said}): check the bucket, its keys and its room."
