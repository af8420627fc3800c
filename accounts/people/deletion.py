"""An account's end: what belongs to the person goes, what belongs to the station stays without a name."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from accounts.audit.forgetting import forget_person
from accounts.audit.services import note
from accounts.people.avatars import forget_file
from accounts.people.errors import PasswordWrongError, SignedInLongAgoError
from accounts.people.holdings import HOLDINGS, End
from accounts.people.models import Profile, User
from accounts.people.roles import keep_an_admin
from accounts.signin.sessions import BEGAN
from config.lib import limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest


@dataclass(frozen=True)
class Line:
    """A kind of thing that is held, how many rows of it, and whether they go."""

    words: str
    count: int
    goes: bool


def what_will_happen(person: User) -> list[Line]:
    """Return what a deletion would do, leaving out what there is none of; shown before it is asked for."""
    counted = [Line(held.words, held.rows(person).count(), held.end is End.GOES) for held in HOLDINGS]
    return [line for line in counted if line.count]


def check_password(*, person: User, password: str, request: HttpRequest | None = None) -> None:
    """See that it is the person who asks.

    Raises:
        PasswordWrongError: it is wrong, or the account has none.
        TooManyError: it was wrong too often.

    """
    limits.demand_all(("account.prove", str(person.pk)))
    if not person.has_usable_password():
        raise PasswordWrongError("This account has no password. Set one first, then delete it.", field="password")
    if not person.check_password(password):
        note("account_deleted", refused=True, person=person, request=request, because="password")
        raise PasswordWrongError("This is not the account's password. Nothing was deleted.", field="password")
    limits.give_back("account.prove", str(person.pk))


def check_fresh(*, session: Mapping[str, Any]) -> None:
    """See that somebody who has no password signed in a short while ago.

    Raises:
        SignedInLongAgoError: they did not.

    """
    if time.time() - session.get(BEGAN, 0) > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
        minutes = settings.ACCOUNT_REAUTHENTICATION_TIMEOUT // 60
        raise SignedInLongAgoError(
            f"You signed in a while ago. Sign out and in again, then delete the account within {minutes} minutes."
        )


@transaction.atomic
def delete_person(*, person: User, by: User | None = None, request: HttpRequest | None = None) -> str:
    """Delete an account for good, and return the name under which records of it go on: ``gone-1a2b3c4d``.

    1. lock the admins: the last one stays; 2. end every session; 3. delete the row, and with it keys, tokens, codes,
    second factors, roles and the profile; 4. take the person out of what stays, also out of what the database has just
    written down about the deletion; 5. drop the picture's file on commit.

    Raises:
        LastAdminError: nobody else could run the installation.

    """
    keep_an_admin(without=person)
    others = by if by is not None and by.pk != person.pk else None
    key, name, phone = person.pk, f"gone-{person.pk.hex[:8]}", person.phone or ""
    addresses = {person.email, *EmailAddress.objects.filter(user=person).values_list("email", flat=True)}
    avatar = str(Profile.objects.filter(person=person).values_list("avatar", flat=True).first() or "")
    for session in UserSession.objects.filter(user=person):
        session.end()
    _rename_in_history(person, name)
    person.delete()
    forget_person(key=key, addresses=addresses, phone=phone, name=name)
    note("account_deleted", person=others, request=request if others else None, account=name)
    forget_file(avatar)
    return name


def _rename_in_history(person: User, name: str) -> None:
    """Take the address out of what the console keeps of changes to this person."""
    told = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User), object_id=str(person.pk))
    told.update(object_repr=name, change_message="")
