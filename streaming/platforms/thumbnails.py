"""A broadcast's picture: taken from an operator, decoded shut in, and kept as a JPEG that YouTube takes."""

from __future__ import annotations

import base64
import io
import os
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from catalog.media import sandbox
from catalog.media.errors import ChildBrokenError
from catalog.media.inside.jail import Limits
from catalog.media.storing import remove, store, work_folder
from catalog.visuals.ink import INK
from streaming.platforms.errors import PlanInvalidError
from streaming.platforms.models import PlatformPlan

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "platforms"
UNUSED = timedelta(days=1)
SIZE = (1280, 720)
DECODE = "catalog.visuals.inside.poster"
LIMITS = Limits(seconds=8, cpu_seconds=8, memory=1536 * 1024**2)
MOST_UPLOADED = 20 * 1024 * 1024
MOST_SENT = 2 * 1024 * 1024
QUALITIES = (92, 85, 75, 60, 40)


def keep_thumbnail(path: Path) -> str:
    """Store an uploaded picture as a JPEG of 1280 by 720 and at most 2 MB, and return its name in the storage.

    Raises:
        PlanInvalidError: it is no picture that can be shown; ``field`` is ``picture``.

    """
    if path.stat().st_size > MOST_UPLOADED:
        raise PlanInvalidError("The picture has more than 20 MB: send a smaller one.", field="picture")
    with path.open("rb") as file:
        try:
            found = sandbox.run(DECODE, {}, files={"input": file.fileno()}, limits=LIMITS)
        except (sandbox.Refusal, ChildBrokenError) as error:
            raise PlanInvalidError(str(error).replace("The cover", "The picture"), field="picture") from error
    size = (int(found["width"]), int(found["height"]))
    body = encoded(_framed(Image.frombytes("RGBA", size, base64.b64decode(found["rgba"]))))
    copy = work_folder() / f"{uuid4()}.thumbnail"
    with os.fdopen(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(body)
    return store(copy, f"{FOLDER}/{uuid4()}.jpg")


def forget_unused() -> int:
    """Remove pictures that no plan shows any more, a day after they were stored; return how many."""
    used = set(PlatformPlan.objects.exclude(thumbnail="").values_list("thumbnail", flat=True))
    names = [f"{FOLDER}/{file}" for file in _listed()]
    old = [n for n in names if n not in used and timezone.now() - default_storage.get_modified_time(n) > UNUSED]
    remove(*old)
    return len(old)


def _listed() -> list[str]:
    try:
        return default_storage.listdir(FOLDER)[1]
    except FileNotFoundError:
        return []  # nobody has sent a picture yet


def encoded(picture: Image.Image, *, most: int = MOST_SENT) -> bytes:
    """Return a picture as a JPEG of at most ``most`` bytes, as good as fits."""
    for quality in QUALITIES:
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality)
        if out.tell() <= most:
            return out.getvalue()
    raise PlanInvalidError("The picture cannot be made small enough: send a calmer one.", field="picture")


def _framed(picture: Image.Image) -> Image.Image:
    """Return a picture of at most 1280 by 720 in the middle of one of just that size."""
    ground = Image.new("RGBA", SIZE, (*INK, 255))
    ground.alpha_composite(picture, ((SIZE[0] - picture.width) // 2, (SIZE[1] - picture.height) // 2))
    return ground.convert("RGB")


def stored(name: str) -> bytes:
    """Return a kept picture.

    Raises:
        PlanInvalidError: the storage has lost it.

    """
    try:
        with default_storage.open(name) as file:
            return bytes(file.read())
    except FileNotFoundError as error:
        raise PlanInvalidError("The stored thumbnail is missing: upload the picture again.", field="picture") from error
