"""The verbs of this room: take a recording in, find its file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from catalog.media import quota
from catalog.media.storing import local_path, received
from catalog.music import intake
from catalog.music.errors import TrackRefusedError
from catalog.music.models import Track

if TYPE_CHECKING:
    from accounts.people.models import User


def take_in_track(
    *,
    path: Path,
    original_name: str,
    artist: str = "",
    title: str = "",
    builtin: str = "",
    uploaded_by: User | None = None,
) -> Track:
    """Check a sent recording by decoding all of it in a process of its own, and keep it as a track.

    MP3, FLAC, M4A (AAC), Ogg Vorbis and Opus. The same bytes sent twice are one track.

    Args:
        path: the sent file; it is read, never changed.
        original_name: what the sender calls it; only ever shown as text.
        artist: empty: from the file's tags.
        title: empty: from the file's tags, else from its name.
        builtin: set for tracks we made ourselves.
        uploaded_by: who sent it.

    Raises:
        TrackRefusedError: it is no recording that we play; ``field`` is "file" and nothing was stored.
        MediaTooLargeError: more bytes than ``LOOP_MAX_BYTES``; nothing was stored.
        QuotaError: more than this person may send in all; nothing was stored.
        StorageFullError: no room; nothing was stored.

    """
    with received(path, most=settings.LOOP_MAX_BYTES, refusal=TrackRefusedError) as upload:
        known = Track.objects.filter(sha256=upload.sha256).first()
        if known:
            return known
        quota.check(uploaded_by, upload.size)
        words = intake.Words(original_name, artist, title, builtin)
        return intake.keep(upload, intake.check(upload), words, uploaded_by)


def track_path(track: Track) -> Path:
    """Return the absolute local path of a track's file, fetched into the cache from an object store.

    Raises:
        MediaMissingError: its file is gone or not whole.

    """
    name = str(track.file.name)
    return local_path(name, size=track.size, cached_as=f"tracks/{track.sha256}{Path(name).suffix}")
