"""Everything that is held of a person, as one JSON document; written piece by piece."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from django.utils import timezone

from accounts.audit.services import note
from accounts.people.holdings import HOLDINGS, Holding
from accounts.people.models import Profile
from accounts.people.roles import role_of
from config.lib import limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

    from accounts.people.models import User

FORM = "longwave-account-1"
MOST, SECONDS = 10, 3600


def export(*, person: User, request: HttpRequest | None = None) -> Iterator[str]:
    """Note that it was asked for, and return the document's pieces.

    The document is an object: ``form``, ``made_at``, ``account``, and a list for each kind of thing that is held.
    Passwords, secrets of second factors, keys and codes are in none of them: nobody can read those back.
    """
    note("account_exported", person=person, request=request)
    return _pieces(person)


def answer(*, person: User, request: HttpRequest) -> HttpResponse:
    """Answer with the document as a file to be saved; its name comes from nothing that somebody typed.

    Raises:
        TooManyError: it was asked for too often.

    """
    limits.demand("account.export", str(person.pk), most=MOST, seconds=SECONDS)
    name = f"longwave-account-{timezone.now():%Y-%m-%d}-{person.pk.hex[:8]}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    whole = "".join(export(person=person, request=request))
    return HttpResponse(whole, content_type="application/json", headers=headers)


def _pieces(person: User) -> Iterator[str]:
    yield "{\n" + f'"form": {_json(FORM)},\n"made_at": {_json(timezone.now())},\n"account": {_json(_account(person))}'
    for holding in HOLDINGS:
        yield f",\n{_json(holding.words.replace(' ', '_'))}: ["
        yield from _rows(holding, person)
        yield "]"
    yield "\n}\n"


def _rows(holding: Holding, person: User) -> Iterator[str]:
    between = "\n"
    for row in holding.told(person):
        yield between + _json(row)
        between = ",\n"


def _account(person: User) -> dict[str, Any]:
    profile = Profile.objects.filter(person=person).first() or Profile(person=person)
    return {
        "id": person.pk,
        "email": person.email,
        "phone": person.phone,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "address": profile.address,
        "bio": profile.bio,
        "avatar": bool(profile.avatar),
        "role": role_of(person),
        "groups": sorted(person.groups.values_list("name", flat=True)),
        "may_open_the_console": person.is_staff,
        "joined": person.date_joined,
        "last_sign_in": person.last_login,
    }


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
