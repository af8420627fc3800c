"""Checks passwords, wherever they are typed: counted before they are looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from allauth.account.auth_backends import AuthenticationBackend

from accounts.signin import tries

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.people.models import User


class PasswordBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """allauth's check, the only one there is: one hash is reckoned, whether the login is known or not."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """Return who signs in with this address and password, or nobody.

        Raises:
            TooManyError: too many tries; the password was not looked at.

        """
        login = str(credentials.get("email") or credentials.get("username") or "")
        if not login or not credentials.get("password"):
            return None
        if request is not None:
            tries.count_password(request, login)
        person = cast("User | None", super().authenticate(request, **credentials))
        if request is not None and person is not None:
            tries.password_was_right(request, login)
        return person
