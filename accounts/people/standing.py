"""Whether somebody may come in: accounts closed and opened, signed out everywhere, a lost second factor removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction

from accounts.audit.services import note
from accounts.keys import families
from accounts.people.models import User
from accounts.people.roles import keep_an_admin

if TYPE_CHECKING:
    from django.http import HttpRequest


@transaction.atomic
def end_everything(*, person: User, because: str, request: HttpRequest | None = None) -> int:
    """Sign a person out of every browser and every program; API keys stay. Returns how many ended."""
    ended = 0
    for session in UserSession.objects.filter(user=person):
        session.end()
        ended += 1
    if ended:
        note("session_ended", person=person, request=request, because=because, ended=ended)
    return ended + families.end_all(person=person, because=because, request=request)


@transaction.atomic
def close_account(*, person: User, by: User | None = None, request: HttpRequest | None = None) -> None:
    """Let nobody in by this account, with no session, token or key, until it is opened again.

    Raises:
        LastAdminError: nobody else could run the installation.

    """
    keep_an_admin(without=person)
    if User.objects.filter(pk=person.pk, is_active=True).update(is_active=False):
        end_everything(person=person, because="account closed", request=request)
        note("account_closed", person=person, request=request, by=str(by or ""))
    person.is_active = False


def open_account(*, person: User, by: User | None = None, request: HttpRequest | None = None) -> None:
    """Let the person in again; an account that is open stays as it is."""
    if User.objects.filter(pk=person.pk, is_active=False).update(is_active=True):
        note("account_opened", person=person, request=request, by=str(by or ""))
    person.is_active = True


@transaction.atomic
def remove_second_factor(*, person: User, by: User | None = None, request: HttpRequest | None = None) -> bool:
    """Remove all of a person's second factors, for who lost theirs, and sign them out; tell whether there was one."""
    gone, _ = Authenticator.objects.filter(user=person).delete()
    if gone:
        end_everything(person=person, because="second factor removed", request=request)
        note("second_factor_removed", person=person, request=request, by=str(by or ""))
    return bool(gone)
