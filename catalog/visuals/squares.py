"""Reads a picture from outside as an upright square of plain pixels; it is decoded in a process that is shut in."""

from __future__ import annotations

import base64
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

from PIL import Image

from catalog.media import sandbox
from catalog.media.errors import ChildBrokenError, ChildDiedError, MediaRefusedError, ReadingInterruptedError
from catalog.media.inside.jail import Limits
from catalog.media.storing import work_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DECODE = "catalog.visuals.inside.cover"
LIMITS = Limits(seconds=20, cpu_seconds=15, memory=1536 * 1024**2)


def read_portrait(body: bytes) -> Image.Image:
    """Return the middle square of a picture somebody sends of themselves (``settings.PICTURE_READER``).

    Raises:
        MediaRefusedError: as :func:`read_square`.
        ReadingInterruptedError: decoding was ended from outside; trying again may work.

    """
    try:
        square, turned = read_square(body, what="picture")
    except ChildDiedError as error:
        raise ReadingInterruptedError("Reading the picture was interrupted. Send it again.", field="file") from error
    return square.rotate(turned)


def read_square(body: bytes, *, what: str) -> tuple[Image.Image, int]:
    """Return the middle square of a JPEG, PNG, WebP or GIF, at most 800 by 800 pixels, with opacity (RGBA).

    Beside it stand the degrees by which it is turned against the clock to be upright, as the camera said.

    Args:
        body: the whole file.
        what: what a refusal calls it.

    Raises:
        MediaRefusedError: it is none of these, is damaged, or has too many or too few pixels.
        ChildDiedError: decoding was ended from outside; trying again may work.

    """
    with as_file(body) as path, path.open("rb") as file:
        try:
            found = sandbox.run(DECODE, {"what": what}, files={"input": file.fileno()}, limits=LIMITS)
        except (sandbox.Refusal, ChildBrokenError) as error:
            raise MediaRefusedError(str(error), field="file") from error
    side = int(found["side"])
    return Image.frombytes("RGBA", (side, side), base64.b64decode(found["rgba"])), int(found["turned"])


@contextmanager
def as_file(body: bytes) -> Iterator[Path]:
    """Give bytes as a file that only we read, for as long as the block runs."""
    path = work_folder() / f"{uuid4()}.picture"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(body)
        yield path
    finally:
        path.unlink(missing_ok=True)
