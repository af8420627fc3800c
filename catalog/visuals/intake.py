"""Takes a received file apart into what a loop is: checked inside, thumbnail drawn, stored whole or not at all."""

from __future__ import annotations

import base64
import io
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from PIL import Image

from catalog.media import quota, sandbox
from catalog.media.errors import ChildBrokenError
from catalog.media.inside.jail import Limits
from catalog.media.naming import display_name, title_from
from catalog.media.storing import Received, remove, store, work_folder
from catalog.visuals.errors import LoopRefusedError
from catalog.visuals.models import Loop

if TYPE_CHECKING:
    from pathlib import Path

    from accounts.people.models import User

CHECK_LIMITS = Limits(seconds=1200, cpu_seconds=1800, memory=3 * 1024**3)
CHECK = "catalog.visuals.inside.check"
LONGEST_TAG = 64
THUMBNAIL_QUALITY = 82


@dataclass(frozen=True)
class Words:
    """What the sender says about a video, as it came."""

    original_name: str
    name: str = ""
    tags: tuple[str, ...] = ()
    builtin: str = ""


def check(upload: Received) -> dict[str, Any]:
    """Decode all of it in a process of its own and return what it is.

    Raises:
        LoopRefusedError: it is not a video that we play; the sentence says why.
        ChildDiedError: the process was ended from outside.

    """
    with upload.path.open("rb") as file:
        try:
            return sandbox.run(CHECK, {}, files={"input": file.fileno()}, limits=CHECK_LIMITS)
        except (sandbox.Refusal, ChildBrokenError) as error:
            raise LoopRefusedError(str(error), field="file") from error


def keep(upload: Received, found: dict[str, Any], words: Words, uploaded_by: User | None) -> Loop:
    """Store a checked video with its thumbnail and make its row, all or nothing.

    1. write both files; 2. make the row; 3. if either fails, take the files away again. Two senders of the same bytes
    may get here together: the second gets the first one's loop.

    Raises:
        StorageFullError: no room; nothing was kept.
        QuotaError: another upload of this person was quicker; nothing was kept.

    """
    key, stored = uuid4(), []
    original = display_name(words.original_name)
    try:
        stored.append(store(_thumbnail(found["thumbnail"]), f"thumbnails/{key}.webp"))
        stored.append(store(upload.path, f"loops/{key}.{found['container']}"))
        with transaction.atomic():
            quota.hold(uploaded_by, upload.size)
            return Loop.objects.create(
                id=key,
                name=(words.name.strip() or title_from(original) or "Untitled")[:200],
                file=stored[1],
                thumbnail=stored[0],
                original_name=original,
                sha256=upload.sha256,
                size=upload.size,
                tags=_tags(words.tags),
                status=Loop.Status.READY,
                builtin=words.builtin,
                uploaded_by=uploaded_by,
                **{name: found[name] for name in MEASURES},
            )
    except IntegrityError:
        remove(*stored)
        twin = Loop.objects.filter(sha256=upload.sha256).first()
        if twin is None:
            raise
        return twin
    except BaseException:
        remove(*stored)
        raise


MEASURES = ("container", "codec", "width", "height", "frame_rate", "duration_ms", "join_difference")


def _tags(sent: tuple[str, ...]) -> list[str]:
    cleaned = (" ".join(tag.split()).lower()[:LONGEST_TAG] for tag in sent)
    return sorted({tag for tag in cleaned if tag})


def _thumbnail(picture: dict[str, Any]) -> Path:
    image = Image.frombytes("RGB", (picture["width"], picture["height"]), base64.b64decode(picture["rgb"]))
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=THUMBNAIL_QUALITY)
    path = work_folder() / f"{uuid4()}.webp"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(buffer.getbuffer())
    return path
