"""Who calls the API: an API key, an access token, or (by DRF's own class) a session.

``Authorization: Token lw_…`` and ``Bearer lw_…`` are API keys, any other ``Bearer`` is an access token. A browser may
keep its access token in an HttpOnly cookie; then each request that changes something needs the CSRF token too.
``request.auth`` is the ApiKey, the token's Claims, or None.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed

from accounts.audit.services import note
from accounts.keys import api_keys, families
from accounts.keys.claims import Claims
from accounts.keys.errors import CHALLENGE, TokenRefusedError
from accounts.keys.key_text import START
from accounts.keys.models import ApiKey
from config.lib import limits

if TYPE_CHECKING:
    from django.http import HttpRequest
    from rest_framework.request import Request

    from accounts.people.models import User

NOTED_PER_MINUTE = 5
"""So many keys and tokens that are no good are written down for each address; all of them are counted elsewhere."""


class ApiKeyAuthentication(BaseAuthentication):
    """A machine's key."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        """Return whose key it is, None without one.

        Raises:
            AuthenticationFailed: the key is no good.

        """
        text = key_in(request)
        if not text:
            return None
        key = _holding(text, request)
        api_keys.used(key, request)
        return key.person, key

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - DRF's signature
        """Ask for a key or a token."""
        return CHALLENGE


class AccessTokenAuthentication(BaseAuthentication):
    """A person's access token, as a bearer or in a cookie."""

    def authenticate(self, request: Request) -> tuple[User, Claims] | None:
        """Return whose token it is, None without one. A cookie that is no good counts as none.

        Raises:
            AuthenticationFailed: the bearer is no good.
            PermissionDenied: it came in a cookie, without the CSRF token.

        """
        scheme, text = credentials(request)
        if scheme == "bearer" and not text.startswith(START):
            try:
                return families.holder(text)
            except TokenRefusedError as error:
                raise refused(request, "token_refused", error.detail) from error
        if scheme:
            return None
        return self._by_cookie(request)

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - DRF's signature
        """Ask for a key or a token."""
        return CHALLENGE

    def _by_cookie(self, request: Request) -> tuple[User, Claims] | None:
        text = request.COOKIES.get(settings.ACCESS_COOKIE, "")
        if not text:
            return None
        try:
            found = families.holder(text)
        except TokenRefusedError:
            return None
        SessionAuthentication().enforce_csrf(request)
        return found


def credentials(request: HttpRequest) -> tuple[str, str]:
    """Return the scheme in lower case and the text of ``Authorization``, or two empty strings."""
    scheme, _, text = request.headers.get("Authorization", "").strip().partition(" ")
    return scheme.lower(), text.strip()


def key_in(request: HttpRequest) -> str:
    """Return the API key that a request carries, or nothing."""
    scheme, text = credentials(request)
    is_key = scheme == "token" or (scheme == "bearer" and text.startswith(START))
    return text if is_key else ""


def refused(request: HttpRequest, kind: str, detail: str, *, person: User | None = None) -> AuthenticationFailed:
    """Write down a key or token that is no good, and return the error to raise."""
    if limits.allow("keys.noted", limits.caller_key(request), most=NOTED_PER_MINUTE, seconds=60).allowed:
        note(kind, refused=True, person=person, request=request, reason=detail)
    return AuthenticationFailed(detail)


def _holding(text: str, request: Request) -> ApiKey:
    key = api_keys.find(text)
    if key is None:
        raise refused(request, "key_refused", "There is no such API key here. Make one on the page API keys.")
    if key.revoked_at is not None:
        detail = f"The API key {key.prefix}… was revoked. Make a new one."
    elif not api_keys.holds(key):
        detail = f"The API key {key.prefix}… has run out. Make a new one."
    elif not key.person.is_active:
        detail = f"The person of the API key {key.prefix}… may not sign in any more."
    else:
        return key
    raise refused(request, "key_refused", detail, person=key.person)
