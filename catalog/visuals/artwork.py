"""Covers: fetched from where a source says they are, checked, decoded shut in, and kept anew as a square of our own."""

from __future__ import annotations

import hashlib
import io
import logging
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from celery import current_app
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from PIL import Image

from catalog.media.errors import MediaRefusedError
from catalog.media.storing import remove, store
from catalog.visuals.ink import INK
from catalog.visuals.models import Artwork
from catalog.visuals.squares import as_file, read_square
from config.lib import http
from config.lib.addresses import AddressRefusedError, NameUnknownError
from config.lib.problem import LongwaveError

logger = logging.getLogger(__name__)
FETCH_TASK = "catalog.visuals.fetch_artwork"
MOST_BYTES = 5 * 1024 * 1024
SECONDS = 10.0
OK = 200
LONGEST_ADDRESS = 1000
QUALITY = 90
# A refused cover is asked for again after so long; one that nobody fetched is enqueued again.
ANEW, UNANSWERED = timedelta(hours=1), timedelta(minutes=2)
OLD, AT_ONCE = timedelta(days=90), 200


class CoverRefusedError(LongwaveError):
    """What lies at a cover's address is not shown; the sentence says why."""

    status = 422
    title = "The cover was refused"


def request_artwork(address: str) -> Artwork:
    """Return the cover of an address, and have it fetched if nobody has, or if it was refused an hour ago or longer.

    Raises nothing: a row with the state ``refused`` and its ``reason`` says why there is no cover.
    """
    address = _storable(address)
    with transaction.atomic():
        artwork, is_new = Artwork.objects.get_or_create(
            address_key=_key(address),
            defaults={"address": address, "fetched_at": timezone.now()},
        )
        if is_new or _is_taken_up_again(artwork):
            enqueue(artwork.pk)
    return artwork


def known(address: str) -> Artwork | None:
    """Return what is known of an address, without asking for it."""
    return Artwork.objects.filter(address_key=_key(_storable(address))).first()


def requeue_forgotten() -> int:
    """Enqueue covers whose message was lost with a worker or the broker; return how many."""
    due = Artwork.objects.filter(
        status=Artwork.Status.WAITING,
        fetched_at__lt=timezone.now() - UNANSWERED,
    ).select_for_update(skip_locked=True)
    with transaction.atomic():
        keys = list(due.values_list("pk", flat=True)[:100])
        Artwork.objects.filter(pk__in=keys).update(fetched_at=timezone.now())
        for key in keys:
            enqueue(key)
    return len(keys)


def forget_old() -> int:
    """Remove covers that were fetched three months ago or longer; return how many. One still played is fetched anew."""
    with transaction.atomic():
        old = Artwork.objects.filter(fetched_at__lt=timezone.now() - OLD).exclude(status=Artwork.Status.WAITING)
        rows = list(old.select_for_update(skip_locked=True)[:AT_ONCE])
        Artwork.objects.filter(pk__in=[row.pk for row in rows]).delete()
        transaction.on_commit(partial(remove, *(str(row.file.name or "") for row in rows)))
    return len(rows)


def fetch_artwork(*, artwork_id: UUID) -> Artwork:
    """Fetch, decode and keep a cover that waits; whatever happens, the row says it.

    Raises:
        Artwork.DoesNotExist: there is no such row.
        ChildDiedError: decoding was ended from outside; trying again may work.
        StorageFullError: no room; trying again may work.

    """
    artwork = Artwork.objects.get(pk=artwork_id)
    if artwork.status == Artwork.Status.WAITING:
        try:
            _keep(artwork, _decoded(_fetched(artwork.address)))
        except (CoverRefusedError, http.FetchError, AddressRefusedError, NameUnknownError) as error:
            _settle(artwork, status=Artwork.Status.REFUSED, reason=error.detail)
        artwork.refresh_from_db()
    return artwork


def opened(artwork: Artwork) -> Image.Image | None:
    """Return a ready cover as a picture; none, and it is fetched anew, where the storage has lost it."""
    try:
        with default_storage.open(str(artwork.file.name)) as file, Image.open(file) as picture:
            return picture.convert("RGB")
    except FileNotFoundError:
        logger.warning("the stored cover %s is missing; it is fetched anew", artwork.file.name)
        Artwork.objects.filter(pk=artwork.pk).update(status=Artwork.Status.WAITING, fetched_at=timezone.now())
        enqueue(artwork.pk)
        return None


def enqueue(artwork_id: UUID) -> None:
    """Have a cover fetched; with the broker down the row waits until :func:`requeue_forgotten` finds it."""
    transaction.on_commit(partial(current_app.send_task, FETCH_TASK, args=[str(artwork_id)]), robust=True)


def _storable(address: str) -> str:
    return address.replace("\0", "").encode("utf-8", "replace").decode()[:LONGEST_ADDRESS]


def _key(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()


def _is_taken_up_again(artwork: Artwork) -> bool:
    if artwork.status != Artwork.Status.REFUSED:
        return False
    now = timezone.now()
    due = Artwork.objects.filter(pk=artwork.pk, status=Artwork.Status.REFUSED, fetched_at__lt=now - ANEW)
    if not due.update(status=Artwork.Status.WAITING, fetched_at=now):
        return False
    artwork.status = Artwork.Status.WAITING
    return True


def _fetched(address: str) -> bytes:
    """Return what lies at the address; every redirect is checked as the address itself is."""
    answer = http.get(address, seconds=SECONDS, most=MOST_BYTES, redirects=http.MOST_REDIRECTS)
    if answer.status != OK:
        raise CoverRefusedError(f"The cover's address answers with {answer.status}.")
    return answer.body


def _decoded(body: bytes) -> Image.Image:
    """Return the cover as a square; it is decoded in a process of its own that is shut in."""
    try:
        picture, _ = read_square(body, what="cover")
    except MediaRefusedError as error:
        raise CoverRefusedError(error.detail) from error
    ground = Image.new("RGBA", picture.size, (*INK, 255))
    ground.alpha_composite(picture)
    return ground.convert("RGB")


def _keep(artwork: Artwork, picture: Image.Image) -> None:
    encoded = io.BytesIO()
    picture.save(encoded, "JPEG", quality=QUALITY, subsampling=0)
    body = encoded.getvalue()
    with as_file(body) as path:
        name = store(path, f"artwork/{uuid4()}.jpg")
    old = str(artwork.file.name or "")
    sha256 = hashlib.sha256(body).hexdigest()
    if _settle(artwork, status=Artwork.Status.READY, reason="", file=name, sha256=sha256):
        remove(old)
    else:
        remove(name)  # another worker was quicker


def _settle(artwork: Artwork, **fields: Any) -> bool:
    waiting = Artwork.objects.filter(pk=artwork.pk, status=Artwork.Status.WAITING)
    return bool(waiting.update(fetched_at=timezone.now(), **fields))
