"""Counts what comes to the doors of accounts, pages and API alike, before anything is done about it.

Every change below :data:`ROOMS` is counted by address and by person. :data:`STRICTER` names doors by their URL's name
that are held closer, by whom and by what is typed. A door that is new is therefore never open without a limit.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.shortcuts import render

from accounts.signin import tries
from config.lib import limits
from config.lib.limits import TooManyError
from config.lib.problem import problem_response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from accounts.people.models import User

ROOMS = ("/account/", "/api/v1/auth/", "/api/v1/me/", "/admin/login/")
API = "/api/"
HARMLESS = frozenset({"GET", "HEAD", "OPTIONS"})
TYPED_LENGTH = 254
PENDING = "account_login"
"""Where allauth keeps, in a session, who has given a password and not yet a second factor."""


@dataclass(frozen=True)
class Door:
    """Names of ``settings.LIMITS`` that a door is held to.

    Attributes:
        address: by the caller's address.
        person: by who is signed in.
        typed, field: by what is typed into a field.
        second_factor: a second factor is tried, of who is signed in or signing in.

    """

    address: str = ""
    person: str = ""
    typed: str = ""
    field: str = "email"
    second_factor: bool = False


_SIGN_UP = Door(address="account.sign_up", typed="account.reset_mail")
_RESET = Door(address="account.reset_address", typed="account.reset_mail")
_LINK = Door(address="account.link")
_MAIL = Door(person="account.mail")
_PROVE = Door(person="account.prove")
_FACTOR = Door(second_factor=True)
STRICTER: dict[str, Door] = {
    "account_signup": _SIGN_UP,
    "account_reset_password": _RESET,
    "account_reset_password_from_key": _LINK,
    "account_confirm_email": _LINK,
    "account_email": _MAIL,
    "account_change_password": _PROVE,
    "account_reauthenticate": _PROVE,
    "mfa_authenticate": _FACTOR,
    "mfa_reauthenticate": _FACTOR,
    "mfa_reauthenticate_webauthn": _FACTOR,
    "mfa_activate_totp": _PROVE,
    "account_confirm_login_code": Door(address="signin.address"),
    "mfa_login_webauthn": Door(address="signin.address"),
    "phone-number": _PROVE,
    "auth-phone-number": _PROVE,
    "auth-register": _SIGN_UP,
    "auth-confirm": _LINK,
    "auth-password": _PROVE,
    "auth-password-reset": _RESET,
    "auth-password-reset-confirm": _LINK,
    "auth-email": Door(address="account.reset_address", person="account.mail", typed="account.reset_mail"),
}


class LimitedDoors:
    """The middleware; behind the one that knows who is signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the next one."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Hand on; a second factor that was right is not counted."""
        trying = _trying(request) if _is_counted(request) else None
        response = self.get_response(request)
        door = getattr(request.resolver_match, "url_name", None) or ""
        held = STRICTER.get(door)
        if trying is not None and held is not None and held.second_factor and _has_succeeded(request, response):
            tries.second_factor_was_right(trying)
        return response

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponseBase | None:
        """Answer 429 to what is too much, before the view is called."""
        if not _is_counted(request):
            return None
        match = request.resolver_match
        door = STRICTER.get((match.url_name if match else None) or "", Door())
        try:
            tries.demand_noted(request, *_counts(request, door))
            trying = _trying(request) if door.second_factor else None
            if trying is not None:
                tries.count_second_factor(request, trying)
        except TooManyError as error:
            return too_many(request, error)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Answer what a page's own count refused."""
        return too_many(request, exception) if isinstance(exception, TooManyError) else None


def too_many(request: HttpRequest, error: TooManyError) -> HttpResponse:
    """Answer 429: a page for people, a problem document for programs."""
    if request.path.startswith(API):
        return problem_response(error)
    response = render(request, "429.html", {"wait": limits.in_words(error.retry_after)}, status=error.status)
    for name, value in error.headers().items():
        response[name] = value
    return response


def _is_counted(request: HttpRequest) -> bool:
    return request.method not in HARMLESS and request.path.startswith(ROOMS)


def _counts(request: HttpRequest, door: Door) -> Iterator[tuple[str, str]]:
    caller, person = limits.caller_key(request), request.user
    yield "account.address", caller
    if door.address:
        yield door.address, caller
    if person.is_authenticated:
        yield "account.person", str(person.pk)
        if door.person:
            yield door.person, str(person.pk)
    typed = _typed(request, door.field) if door.typed else ""
    if typed:
        yield door.typed, typed


def _typed(request: HttpRequest, field: str) -> str:
    """Return what stands in a field of the form or of the JSON object, as it would be looked up."""
    found: Any = request.POST.get(field, "")
    if request.content_type == "application/json":
        try:
            body = json.loads(request.body)
        except (ValueError, RecursionError):
            return ""  # the view says what is wrong with it
        found = body.get(field, "") if isinstance(body, dict) else ""
    return found.strip().lower()[:TYPED_LENGTH] if isinstance(found, str) else ""


def _trying(request: HttpRequest) -> User | None:
    """Return who gives a second factor: signed in, or with a password that was right a moment ago."""
    if request.user.is_authenticated:
        return request.user
    pending = request.session.get(PENDING)
    found = pending.get("user_pk") if isinstance(pending, dict) else None
    return get_user_model().objects.filter(pk=found).first() if found else None


def _has_succeeded(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Tell whether the factor was right: only then a page of these leads on to another."""
    return request.user.is_authenticated and response.status_code in {302, 303}
