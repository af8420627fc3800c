"""The verbs of API keys: make one, replace one while both work, revoke one, find whose one is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.audit.services import note
from accounts.keys import key_checks as checks
from accounts.keys import key_text
from accounts.keys.errors import KeyInvalidError, KeyOverError
from accounts.keys.models import ApiKey
from accounts.people.models import User

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet
    from django.http import HttpRequest

log = structlog.get_logger("security")
WRITTEN_EVERY = timedelta(minutes=1)
"""When a key was used last is written no more often than this."""


@transaction.atomic
def make_key(
    *,
    person: User,
    name: str,
    actions: Sequence[str],
    stations: Sequence[UUID] = (),
    expires_at: datetime | None = None,
    request: HttpRequest | None = None,
) -> tuple[ApiKey, str]:
    """Make a key and return it with its text, which is kept nowhere and never shown again.

    Args:
        person: whose it is; it never may more than they.
        name: what uses it.
        actions: ``read``, ``write`` or names of permissions.
        stations: ids; empty for all of the person's. That they are stations is the door's to check.
        expires_at: None for never.
        request: where it is made from.

    Raises:
        KeyInvalidError: ``field`` names what is wrong.

    """
    User.objects.select_for_update().get(pk=person.pk)  # one at a time, or two would both be the last
    if living(person).count() >= settings.API_KEYS_AT_MOST:
        raise KeyInvalidError(
            f"There are {settings.API_KEYS_AT_MOST} keys already. Revoke one that is not needed any more.", field="name"
        )
    text = key_text.make_text()
    key = ApiKey.objects.create(
        person=person,
        name=checks.name(name),
        prefix=key_text.prefix_of(text),
        digest=key_text.digest_of(text),
        actions=checks.actions(actions),
        stations=sorted(set(stations)),
        created_at=timezone.now(),
        expires_at=checks.end(expires_at),
    )
    note("key_made", person=person, request=request, key=key.prefix, actions=key.actions, stations=_told(key))
    return key, text


@transaction.atomic
def rotate_key(
    *, key: ApiKey, overlap: timedelta | None = None, request: HttpRequest | None = None
) -> tuple[ApiKey, str]:
    """Make a key in place of another one, which goes on working for ``overlap`` (24 hours unless given).

    The new one may do the same and lives as long as the old one was meant to.

    Raises:
        KeyOverError: the key has been revoked, replaced or has run out.
        KeyInvalidError: the overlap is none.

    """
    overlap = checks.overlap(settings.KEY_OVERLAP if overlap is None else overlap)
    row = ApiKey.objects.select_for_update().get(pk=key.pk)
    now = timezone.now()
    if row.replaced_by_id is not None or not holds(row):
        raise KeyOverError("This key has been replaced, revoked or has run out. Make a new one.")
    text = key_text.make_text()
    made = ApiKey.objects.create(
        person_id=row.person_id,
        name=row.name,
        prefix=key_text.prefix_of(text),
        digest=key_text.digest_of(text),
        actions=row.actions,
        stations=row.stations,
        created_at=now,
        expires_at=None if row.expires_at is None else now + (row.expires_at - row.created_at),
    )
    row.replaced_by = made
    row.expires_at = min(row.expires_at, now + overlap) if row.expires_at else now + overlap
    row.save(update_fields=["replaced_by", "expires_at"])
    note("key_rotated", person=row.person, request=request, key=row.prefix, replaced_by=made.prefix)
    return made, text


@transaction.atomic
def revoke_key(*, key: ApiKey, request: HttpRequest | None = None) -> None:
    """Have the key refused from now on; one that is revoked stays so."""
    revoked = ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())
    if revoked:
        note("key_revoked", person=key.person, request=request, key=key.prefix)


def find(text: str) -> ApiKey | None:
    """Return the key with its person, whether it still holds or not; None when it is none of ours."""
    if len(text) > key_text.LONGEST:
        return None
    row = ApiKey.objects.select_related("person").filter(prefix=key_text.prefix_of(text)).first()
    if row is None or not constant_time_compare(row.digest, key_text.digest_of(text)):
        return None
    return row


def used(key: ApiKey, request: HttpRequest | None = None) -> None:
    """Remember that the key was used, at most once a minute whoever asks."""
    now = timezone.now()
    if key.used_at is not None and key.used_at > now - WRITTEN_EVERY:
        return
    stale = Q(used_at=None) | Q(used_at__lte=now - WRITTEN_EVERY)
    if ApiKey.objects.filter(stale, pk=key.pk).update(used_at=now):
        key.used_at = now
        log.info("security.key_used", key=key.prefix, who=str(key.person), path=request.path if request else "")


def holds(key: ApiKey) -> bool:
    """Tell whether the key still opens anything, as far as it goes."""
    return key.revoked_at is None and (key.expires_at is None or timezone.now() < key.expires_at)


def living(person: User) -> QuerySet[ApiKey]:
    """Return the keys of a person that still open something."""
    return person.api_keys.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()), revoked_at=None)


def _told(key: ApiKey) -> list[str]:
    return [str(station) for station in key.stations]
