"""The verbs of licences: write one down, keep its proof, put loops and tracks under it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction

from catalog.licences.errors import LicenceInUseError, LicenceInvalidError
from catalog.licences.models import Licence
from catalog.media.naming import clean_text
from catalog.music.models import Track
from catalog.visuals.models import Loop

if TYPE_CHECKING:
    from collections.abc import Iterable

NAME_LIMIT, OWNER_LIMIT, NOTE_LIMIT, URL_LIMIT = 120, 200, 2000, 500


@transaction.atomic
def save_licence(*, licence: Licence) -> Licence:
    """Check and keep what was typed on this instance, new or known.

    Raises:
        LicenceInvalidError: ``field`` names what is wrong.

    """
    licence.name = _line(licence.name, NAME_LIMIT, "name", "Say what you call this licence.")
    licence.owner = _line(licence.owner, OWNER_LIMIT, "owner", "Say who holds the rights.")
    licence.proof_url = _address(licence.proof_url)
    _check_choices(licence)
    if licence.valid_from and licence.valid_until and licence.valid_until <= licence.valid_from:
        raise LicenceInvalidError("It must end after it begins.", field="valid_until")
    if len(licence.note) > NOTE_LIMIT:
        raise LicenceInvalidError(f"A note has at most {NOTE_LIMIT} characters.", field="note")
    if Licence.objects.filter(name=licence.name).exclude(pk=licence.pk).exists():
        raise LicenceInvalidError(f"There is a licence “{licence.name}” already: take another name.", field="name")
    licence.save()
    return licence


@transaction.atomic
def put_under(*, licence: Licence | None, loops: Iterable[Loop] = (), tracks: Iterable[Track] = ()) -> int:
    """Put loops and tracks under a licence, or under none; returns how many changed. Stations follow within seconds."""
    keys = [loop.pk for loop in loops], [track.pk for track in tracks]
    changed = Loop.objects.filter(pk__in=keys[0], builtin="").update(licence=licence)
    return changed + Track.objects.filter(pk__in=keys[1], builtin="").update(licence=licence)


@transaction.atomic
def remove_licence(*, licence: Licence) -> None:
    """Forget a licence that nothing is under, and its proof.

    Raises:
        LicenceInUseError: something is; without its licence it would be aired for ever.

    """
    row = Licence.objects.select_for_update().get(pk=licence.pk)
    count = row.loops.count() + row.tracks.count()
    if count:
        raise LicenceInUseError(
            f"{count} loops and tracks are under “{row.name}”. Put them under another licence first, or remove them."
        )
    file = row.proof_file
    row.delete()
    if file:
        transaction.on_commit(lambda: file.storage.delete(str(file.name)))


def items_under(licence: Licence) -> tuple[list[Loop], list[Track]]:
    """Return what is under a licence, by name."""
    return list(licence.loops.order_by("name")), list(licence.tracks.order_by("artist", "title"))


def _line(text: str, limit: int, field: str, missing: str) -> str:
    line = clean_text(text, limit + 1)
    if not line:
        raise LicenceInvalidError(missing, field=field)
    if len(line) > limit:
        raise LicenceInvalidError(f"It has at most {limit} characters.", field=field)
    return line


def _address(url: str) -> str:
    url = url.strip()
    if not url:
        return ""
    try:
        URLValidator(schemes=["http", "https"])(url)
    except ValidationError as error:
        raise LicenceInvalidError(
            "Give a whole address that begins with https://, or leave it empty.", field="proof_url"
        ) from error
    if len(url) > URL_LIMIT:
        raise LicenceInvalidError(f"An address has at most {URL_LIMIT} characters.", field="proof_url")
    return url


def _check_choices(licence: Licence) -> None:
    if licence.kind not in Licence.Kind.values:
        raise LicenceInvalidError(f"Take one of {', '.join(Licence.Kind.values)}.", field="kind")
    if licence.consent not in Licence.Consent.values:
        raise LicenceInvalidError(f"Take one of {', '.join(Licence.Consent.values)}.", field="consent")
