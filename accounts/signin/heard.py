"""What allauth and Django tell about sign-ins, written down; and a factor that was just set up counts as given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account import signals as account
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth import signals as auth

from accounts.audit.services import note
from accounts.signin import second_factor

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.people.models import User


def listen() -> None:
    """Connect everything below, once."""
    heard = {
        account.user_logged_in: _signed_in,
        account.user_signed_up: _signed_up,
        account.password_changed: _password_changed,
        account.password_set: _password_changed,
        account.password_reset: _password_reset,
        account.email_confirmed: _address_confirmed,
        account.email_changed: _address_changed,
        mfa.authenticator_added: _factor_added,
        mfa.authenticator_removed: _factor_removed,
        mfa.authenticator_reset: _codes_made,
        mfa.authentication_failed: _code_refused,
        auth.user_logged_out: _signed_out,
        auth.user_login_failed: _refused,
    }
    for signal, receiver in heard.items():
        signal.connect(receiver, dispatch_uid=f"accounts.signin.{receiver.__name__}")


def _signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    given = second_factor.was_given(request.session, user)
    note("sign_in", person=user, request=request, door="page", second_factor=given)


def _signed_out(request: HttpRequest | None, user: User | None, **_: Any) -> None:
    if user is not None:
        note("sign_out", person=user, request=request)


def _refused(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    who = str(credentials.get("email") or credentials.get("username") or "")
    note("sign_in", refused=True, who=who, request=request, why="password")


def _code_refused(request: HttpRequest, user: User, **_: Any) -> None:
    note("sign_in", refused=True, person=user, request=request, why="second factor")


def _signed_up(request: HttpRequest, user: User, **_: Any) -> None:
    note("sign_up", person=user, request=request)


def _password_changed(request: HttpRequest, user: User, **_: Any) -> None:
    note("password_changed", person=user, request=request)


def _password_reset(request: HttpRequest, user: User, **_: Any) -> None:
    note("password_reset", person=user, request=request)


def _address_confirmed(request: HttpRequest, email_address: Any, **_: Any) -> None:
    note("email_confirmed", person=email_address.user, who=email_address.email, request=request)


def _address_changed(request: HttpRequest, user: User, from_email_address: Any, **_: Any) -> None:
    before = from_email_address.email if from_email_address else ""
    if before:
        note("email_changed", person=user, request=request, before=before)


def _factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type not in second_factor.REAL:
        note("recovery_codes_made", person=user, request=request)
        return
    note("second_factor_added", person=user, request=request, sort=str(authenticator.type))
    record_authentication(request, user, second_factor.METHOD, id=authenticator.pk, type=str(authenticator.type))


def _factor_removed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    if authenticator.type in second_factor.REAL:
        note("second_factor_removed", person=user, request=request, sort=str(authenticator.type))


def _codes_made(request: HttpRequest, user: User, **_: Any) -> None:
    note("recovery_codes_made", person=user, request=request)
