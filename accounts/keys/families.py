"""The verbs of sign-ins with tokens: begin one, carry it on, end it."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.audit.services import note
from accounts.keys import claims as tokens
from accounts.keys.claims import Claims
from accounts.keys.errors import KeyUnknownError, TokenRefusedError
from accounts.keys.models import TokenFamily
from accounts.signin import second_factor
from config.lib.callers import client_address

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.people.models import User

ENDED = "This sign-in has ended. Sign in again."
NEEDS_SECOND_FACTOR = "People who run stations sign in with a second factor. Sign in again with yours."


@dataclass(frozen=True)
class Pair:
    """What a program is given: both tokens, and when each ends."""

    access: str
    refresh: str
    access_expires_at: datetime
    refresh_expires_at: datetime


def begin(*, person: User, methods: tuple[str, ...], request: HttpRequest) -> Pair:
    """Sign a program in; of more than 20 sign-ins of a person the ones used longest ago end."""
    now = timezone.now()
    with transaction.atomic():
        family = TokenFamily.objects.create(
            person=person,
            ip=client_address(request),
            agent=request.headers.get("User-Agent", "")[:200],
            created_at=now,
            used_at=now,
            expires_at=now + settings.REFRESH_TOKEN_LIFETIME,
        )
        _end_the_oldest(person)
        note("sign_in", person=person, request=request, door="token", methods=list(methods))
    return _pair(family, person, methods)


def carry_on(*, refresh: str, request: HttpRequest) -> Pair:
    """Take a refresh token, once, and give the next pair.

    1. the token itself; 2. one UPDATE takes it, so that of two at once only one does; 3. if it was not there to take,
    say why, and end the family when it had been used before: somebody else has it.

    Raises:
        TokenRefusedError: the token is no good, or its sign-in has ended.

    """
    claims = tokens.read(refresh, kind="refresh")
    now = timezone.now()
    living = TokenFamily.objects.filter(pk=claims.family_id, person=claims.person_id, ended_at=None, expires_at__gt=now)
    taken = living.filter(serial=claims.serial).update(serial=claims.serial + 1, used_at=now)
    family = TokenFamily.objects.select_related("person").filter(pk=claims.family_id).first()
    if family is None:
        raise TokenRefusedError(ENDED)
    if not taken:
        _refuse(family, claims, request)
    person = family.person
    _check_person(person, claims)
    family.expires_at = min(now + settings.REFRESH_TOKEN_LIFETIME, family.created_at + settings.TOKEN_FAMILY_LIFETIME)
    family.save(update_fields=["expires_at"])
    return _pair(family, person, claims.methods)


def holder(text: str) -> tuple[User, Claims]:
    """Return whose access token this is; one read of the database, so what has ended is refused at once.

    Raises:
        TokenRefusedError: the token is no good, or its sign-in has ended.

    """
    claims = tokens.read(text, kind="access")
    return still_holds(claims), claims


def still_holds(claims: Claims) -> User:
    """Return the person, if the sign-in of these claims goes on.

    Raises:
        TokenRefusedError: it has ended, or the person may not sign in any more.

    """
    family = TokenFamily.objects.select_related("person").filter(pk=claims.family_id, ended_at=None).first()
    if family is None or family.person_id != claims.person_id:
        raise TokenRefusedError(ENDED)
    _check_person(family.person, claims)
    return family.person


def end(*, family: TokenFamily, because: str, request: HttpRequest | None = None) -> bool:
    """End one sign-in; tell whether it had been going on."""
    now = timezone.now()
    ended = TokenFamily.objects.filter(pk=family.pk, ended_at=None).update(ended_at=now, ended_because=because)
    if ended:
        note("session_ended", person=family.person, request=request, door="token", because=because)
    return bool(ended)


def end_by_token(*, refresh: str, request: HttpRequest) -> None:
    """End the sign-in that a refresh token belongs to; one that has ended already is no error.

    Raises:
        TokenRefusedError: the token is no good.

    """
    claims = tokens.read(refresh, kind="refresh")
    family = TokenFamily.objects.select_related("person").filter(pk=claims.family_id).first()
    if family is not None:
        end(family=family, because="signed out", request=request)


def end_one(*, person: User, family_id: uuid.UUID, request: HttpRequest | None = None) -> None:
    """End one sign-in of a person.

    Raises:
        KeyUnknownError: the person has none like it going on.

    """
    family = TokenFamily.objects.select_related("person").filter(pk=family_id, person=person).first()
    if family is None or not end(family=family, because="ended by the person", request=request):
        raise KeyUnknownError("There is no such sign-in any more.")


def end_all(*, person: User, because: str, request: HttpRequest | None = None) -> int:
    """End every sign-in of a person with tokens; return how many there were."""
    now = timezone.now()
    ended = TokenFamily.objects.filter(person=person, ended_at=None).update(ended_at=now, ended_because=because[:32])
    if ended:
        note("session_ended", person=person, request=request, door="token", because=because, ended=ended)
    return ended


def going_on(person: User) -> list[TokenFamily]:
    """Return a person's sign-ins that go on, the one used last first."""
    return list(person.token_families.filter(ended_at=None, expires_at__gt=timezone.now()).order_by("-used_at"))


def forget_old() -> int:
    """Delete what ended a month ago; return how many."""
    limit = timezone.now() - settings.TOKEN_FAMILY_LIFETIME
    return TokenFamily.objects.filter(expires_at__lt=limit).delete()[0]


def _refuse(family: TokenFamily, claims: Claims, request: HttpRequest) -> None:
    if family.ended_at is None and claims.serial < family.serial:
        if end(family=family, because="token used twice", request=request):
            note("token_reused", refused=True, person=family.person, request=request, family=str(family.pk))
        raise TokenRefusedError("This token was used before, so somebody else may have it. Sign in again.")
    raise TokenRefusedError(ENDED)


def _check_person(person: User, claims: Claims) -> None:
    if not person.is_active or not constant_time_compare(claims.version, _version(person)):
        raise TokenRefusedError(ENDED)
    if second_factor.is_needed(person) and not claims.has_second_factor:
        raise TokenRefusedError(NEEDS_SECOND_FACTOR)


def _version(person: User) -> str:
    """Return what changes with the password (keyed, so that it tells nothing of it)."""
    return person.get_session_auth_hash()[:32]


def _end_the_oldest(person: User) -> None:
    beyond = going_on(person)[settings.TOKEN_FAMILIES_AT_MOST :]
    TokenFamily.objects.filter(pk__in=[family.pk for family in beyond]).update(
        ended_at=timezone.now(), ended_because="too many"
    )


def _pair(family: TokenFamily, person: User, methods: tuple[str, ...]) -> Pair:
    now = timezone.now()
    access_end, refresh_end = now + settings.ACCESS_TOKEN_LIFETIME, family.expires_at

    def token(kind: tokens.Kind, until: datetime) -> str:
        return tokens.write(
            Claims(
                person_id=person.pk,
                family_id=family.pk,
                serial=family.serial,
                methods=methods,
                version=_version(person),
                kind=kind,
                issued_at=now,
                expires_at=until,
                token_id=secrets.token_urlsafe(16),
            )
        )

    return Pair(token("access", access_end), token("refresh", refresh_end), access_end, refresh_end)
