"""Cards as files: drawn once for all that is drawn on them, found again by it."""

from __future__ import annotations

import hashlib
import io
import json
import os
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image

from catalog.media.storing import no_room_is_said, remove, store, work_folder
from catalog.visuals import artwork as covers
from catalog.visuals.models import Artwork, TitleCard
from catalog.visuals.titles.drawing import DRAWER_VERSION, Design, draw
from catalog.visuals.titles.words import Words

# A little larger than could be, in a fifth of the time.
QUICK = 3
UNUSED = timedelta(days=1)
AT_ONCE = 200


def card(*, design: Design, words: Words, size: tuple[int, int], artwork: Artwork | None = None) -> TitleCard:
    """Return the card, drawn here and now unless it was drawn before.

    Args:
        design: how it looks.
        words: what it says.
        size: width and height of the profile, in pixels.
        artwork: the cover; one that is not ready is left out.

    Raises:
        StorageFullError: no room; nothing was kept.

    """
    words = words.cleaned()
    ready = artwork if artwork and artwork.status == Artwork.Status.READY and design.show_cover else None
    known = TitleCard.objects.filter(content_key=content_key(design, words, size, ready)).first()
    if known:
        return known
    cover = covers.opened(ready) if ready else None
    key = content_key(design, words, size, ready if cover else None)
    return _keep(key, words, encoded(draw(design, words, size, cover)), size)


def content_key(design: Design, words: Words, size: tuple[int, int], artwork: Artwork | None) -> str:
    """Return 64 hexadecimal digits over all that is drawn; ``words`` are cleaned."""
    parts = {
        "design": asdict(design),
        "words": [words.artist, words.title, words.station if design.show_station else ""],
        "cover": artwork.sha256 if artwork else "",
        "size": size,
        "drawer": DRAWER_VERSION,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def encoded(picture: Image.Image) -> bytes:
    """Return a picture as PNG."""
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=QUICK)
    return out.getvalue()


def forget_unused() -> int:
    """Remove cards that no rendition was made with for a day; return how many.

    They are drawn anew if asked for. A compile asked for in the very instant fails on the missing row and is asked
    for again by whoever wanted it.
    """
    old = TitleCard.objects.filter(renditions=None, created_at__lt=timezone.now() - UNUSED)
    gone = 0
    for found in old[:AT_ONCE]:
        with transaction.atomic():
            row = old.select_for_update(of=("self",), skip_locked=True).filter(pk=found.pk).first()
            if row is None:
                continue
            row.delete()
            transaction.on_commit(partial(remove, str(row.file.name)))
            gone += 1
    return gone


def _keep(key: str, words: Words, png: bytes, size: tuple[int, int]) -> TitleCard:
    """Store the picture and make its row; of two callers at once the second gets the first one's."""
    name = store(_written(png), f"cards/{uuid4()}.png")
    try:
        with transaction.atomic():
            return TitleCard.objects.create(
                content_key=key,
                width=size[0],
                height=size[1],
                artist=words.artist,
                title=words.title,
                file=name,
                size=len(png),
            )
    except IntegrityError:
        remove(name)
        return TitleCard.objects.get(content_key=key)
    except BaseException:
        remove(name)
        raise


def _written(body: bytes) -> Path:
    path = work_folder() / f"{uuid4()}.card"
    with (
        no_room_is_said("the title"),
        os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out,
    ):
        out.write(body)
    return path
