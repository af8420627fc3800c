"""Pictures of people: decoded in a process that is shut in, turned upright, and kept anew as a small square.

Nothing of the file that was sent is kept: neither its name nor its form, nor what a camera wrote into it.
"""

from __future__ import annotations

import io
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.module_loading import import_string
from PIL import Image

from accounts.audit.services import note
from accounts.people.errors import AvatarRefusedError, AvatarTooLargeError
from accounts.people.models import Profile, User
from config.lib.problem import LongwaveError

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.core.files.uploadedfile import UploadedFile
    from django.http import HttpRequest

MOST_BYTES = 10 * 1024 * 1024
SIDE = 512
"""Pixels of the kept square; a smaller picture stays as small as it is."""

QUALITY = 86
TYPE = "image/webp"
SIGNATURE_BYTES = 12


def set_avatar(*, person: User, file: UploadedFile[Any], request: HttpRequest | None = None) -> Profile:
    """Keep a picture of a person in place of the one before.

    1. read it, at most 10 MiB; 2. decode it shut in; 3. store it anew; 4. change the row and drop the old file.

    Raises:
        AvatarTooLargeError: it has more bytes than that.
        AvatarRefusedError: it is no JPEG, PNG or WebP picture, or has too many pixels, or is damaged.

    """
    body = _read(file)
    content = _encoded(_decoded(body))
    name = default_storage.save(f"avatars/{uuid4()}.webp", ContentFile(content))
    try:
        return _put(person, name, request)
    except BaseException:
        default_storage.delete(name)
        raise


def remove_avatar(*, person: User, request: HttpRequest | None = None) -> Profile:
    """Forget a person's picture; without one nothing happens."""
    return _put(person, "", request)


def forget_file(name: str) -> None:
    """Delete a stored picture once the transaction is through."""
    if name:
        transaction.on_commit(partial(default_storage.delete, name), robust=True)


def _put(person: User, name: str, request: HttpRequest | None) -> Profile:
    with transaction.atomic():
        Profile.objects.get_or_create(person=person)
        profile = Profile.objects.select_for_update().get(person=person)
        before = str(profile.avatar.name or "")
        if before == name:
            return profile
        profile.avatar = name
        profile.save(update_fields=["avatar", "updated_at"])
        note("avatar_changed" if name else "avatar_removed", person=person, request=request)
        forget_file(before)
    return profile


def _read(file: UploadedFile[Any]) -> bytes:
    body: bytes = file.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise too_large()
    if not body:
        raise AvatarRefusedError("The file is empty. Choose the picture again.", field="file")
    return body


def too_large() -> AvatarTooLargeError:
    """Return the error for a file of more bytes than are taken."""
    most = MOST_BYTES // 1024 // 1024
    return AvatarTooLargeError(f"The picture has more than {most} MiB. Send a smaller one.", field="file")


def _decoded(body: bytes) -> Image.Image:
    if not _is_taken(body[:SIGNATURE_BYTES]):
        raise AvatarRefusedError("This is no JPEG, PNG or WebP picture. Save it as one of these.", field="file")
    read: Callable[[bytes], Image.Image] = import_string(settings.PICTURE_READER)
    try:
        return read(body)
    except LongwaveError as error:
        raise AvatarRefusedError(error.detail, field="file") from error


def _is_taken(start: bytes) -> bool:
    """Tell JPEG, PNG and WebP by their first bytes; what the file is called says nothing."""
    if start.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return True
    return start.startswith(b"RIFF") and start[8:12] == b"WEBP"


def _encoded(picture: Image.Image) -> bytes:
    picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=QUALITY)
    return out.getvalue()
