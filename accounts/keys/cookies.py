"""Tokens in a browser: cookies that no script can read and that go to the API only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.authentication import SessionAuthentication

if TYPE_CHECKING:
    from django.http import HttpResponseBase
    from rest_framework.request import Request

    from accounts.keys.families import Pair

API = "/api/"


def give(response: HttpResponseBase, pair: Pair) -> None:
    """Put both tokens into cookies that end when the tokens do."""
    _set(response, settings.ACCESS_COOKIE, pair.access, API, settings.ACCESS_TOKEN_LIFETIME.total_seconds())
    seconds = (pair.refresh_expires_at - pair.access_expires_at + settings.ACCESS_TOKEN_LIFETIME).total_seconds()
    _set(response, settings.REFRESH_COOKIE, pair.refresh, settings.REFRESH_COOKIE_PATH, seconds)


def take_back(response: HttpResponseBase) -> None:
    """Delete both."""
    for name, path in ((settings.ACCESS_COOKIE, API), (settings.REFRESH_COOKIE, settings.REFRESH_COOKIE_PATH)):
        response.delete_cookie(name, path=path, samesite="Strict")


def refresh_token(request: Request) -> str:
    """Return the refresh token in the browser's cookie, or nothing.

    Raises:
        PermissionDenied: it came without the CSRF token.

    """
    found = request.COOKIES.get(settings.REFRESH_COOKIE, "")
    if found:
        SessionAuthentication().enforce_csrf(request)
    return found


def _set(response: HttpResponseBase, name: str, value: str, path: str, seconds: float) -> None:
    response.set_cookie(
        name,
        value,
        max_age=int(seconds),
        path=path,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
