"""Takes a received recording apart into what a track is: checked inside, stored whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.db import IntegrityError, transaction

from catalog.media import quota, sandbox
from catalog.media.errors import ChildBrokenError
from catalog.media.inside.jail import Limits
from catalog.media.naming import clean_text, display_name, title_from
from catalog.media.storing import Received, remove, store
from catalog.music.errors import TrackRefusedError
from catalog.music.models import Track

if TYPE_CHECKING:
    from accounts.people.models import User

CHECK_LIMITS = Limits(seconds=600, cpu_seconds=900, memory=2 * 1024**3)
CHECK = "catalog.music.inside.check"
LONGEST = 256
UNKNOWN_ARTIST = "Unknown artist"
ENDINGS = {"mp3": "mp3", "flac": "flac", "ogg": "ogg", "aac": "aac"}


@dataclass(frozen=True)
class Words:
    """What the sender says about a recording, as it came."""

    original_name: str
    artist: str = ""
    title: str = ""
    builtin: str = ""


def check(upload: Received) -> dict[str, Any]:
    """Decode all of it in a process of its own and return what it is.

    Raises:
        TrackRefusedError: it is not a recording that we play; the sentence says why.
        ChildDiedError: the process was ended from outside.

    """
    with upload.path.open("rb") as file:
        try:
            return sandbox.run(CHECK, {}, files={"input": file.fileno()}, limits=CHECK_LIMITS)
        except (sandbox.Refusal, ChildBrokenError) as error:
            raise TrackRefusedError(str(error), field="file") from error


def keep(upload: Received, found: dict[str, Any], words: Words, uploaded_by: User | None = None) -> Track:
    """Store a checked recording and make its row, both or neither; its twin's row if there is one by now.

    Raises:
        StorageFullError: no room; nothing was kept.
        QuotaError: another upload of this person was quicker; nothing was kept.

    """
    key, original = uuid4(), display_name(words.original_name)
    ending = ENDINGS.get(found["container"], "m4a")
    stored = store(upload.path, f"tracks/{key}.{ending}")
    try:
        with transaction.atomic():
            quota.hold(uploaded_by, upload.size)
            return Track.objects.create(
                id=key,
                file=stored,
                sha256=upload.sha256,
                size=upload.size,
                codec=found["codec"],
                duration_ms=found["duration_ms"],
                original_name=original,
                builtin=words.builtin,
                uploaded_by=uploaded_by,
                **_named(found["tags"], words, original),
            )
    except IntegrityError:
        remove(stored)
        twin = Track.objects.filter(sha256=upload.sha256).first()
        if twin is None:
            raise
        return twin
    except BaseException:
        remove(stored)
        raise


def _named(tags: dict[str, str], words: Words, original: str) -> dict[str, str]:
    """Return artist, title and album: the sender's words first, then the file's tags, then its name."""
    artist = clean_text(words.artist, LONGEST) or clean_text(tags.get("artist", ""), LONGEST)
    title = clean_text(words.title, LONGEST) or clean_text(tags.get("title", ""), LONGEST)
    before, dash, after = title_from(original).partition(" - ")
    return {
        "artist": artist or (before if dash and not title else "") or UNKNOWN_ARTIST,
        "title": (title or (after if dash else before) or "Untitled")[:LONGEST],
        "album": clean_text(tags.get("album", ""), LONGEST),
    }
