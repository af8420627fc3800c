"""How often passwords and second factors may be tried, whichever door they come through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.audit.services import note
from config.lib import limits

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.people.models import User

LOGIN_LENGTH = 254


def count_password(request: HttpRequest, login: str) -> None:
    """Count one try of a password, before it is looked at; the same for logins that nobody has.

    Raises:
        TooManyError: the login was tried too often, from this address or in all, or the address tried too many.

    """
    caller, login = limits.caller_key(request), _told(login)
    tries = (
        ("signin.login_at_address", f"{login} {caller}"),
        ("signin.address", caller),
        ("signin.login", login),
    )
    demand_noted(request, *tries, who=login)


def password_was_right(request: HttpRequest, login: str) -> None:
    """Let the login begin anew at this address; for the others it is as if this try had not been."""
    caller, login = limits.caller_key(request), _told(login)
    limits.forget("signin.login_at_address", f"{login} {caller}")
    limits.give_back("signin.address", caller)
    limits.give_back("signin.login", login)


def count_second_factor(request: HttpRequest, person: User) -> None:
    """Count one try of a person's second factor, before it is looked at.

    Raises:
        TooManyError: it was tried too often.

    """
    key = str(person.pk)
    demand_noted(request, ("signin.second_factor", key), ("signin.second_factor_daily", key), person=person)


def second_factor_was_right(person: User) -> None:
    """Let the person begin anew."""
    limits.forget("signin.second_factor", str(person.pk))
    limits.give_back("signin.second_factor_daily", str(person.pk))


def demand_noted(request: HttpRequest, *tries: tuple[str, str], person: User | None = None, who: str = "") -> None:
    """Count tries as :func:`limits.demand_all` does; a refusal is written down, at most once a minute for each key.

    Raises:
        TooManyError: one of them is one too many.

    """
    for name, key in tries:
        try:
            limits.demand_all((name, key))
        except limits.TooManyError:
            if limits.allow("noted", f"{name} {key}", most=1, seconds=60).allowed:
                note("locked_out", refused=True, request=request, person=person, who=who, limit=name)
            raise


def _told(login: str) -> str:
    return login.strip().lower()[:LOGIN_LENGTH]
