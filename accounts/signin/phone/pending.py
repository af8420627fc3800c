"""What a browser has asked for, kept in its session: nobody else's session opens the code."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.signin.models import PhoneChallenge
    from accounts.signin.phone.services import Asked

KEY = "phone_code"


class Pending(TypedDict):
    """The challenge and its secret; ``next`` is where to go on to."""

    purpose: str
    challenge: str
    secret: str
    ending: str
    next: str


def keep(request: HttpRequest, purpose: PhoneChallenge.Purpose, asked: Asked, *, phone: str, after: str = "") -> None:
    """Keep it; what was asked for before is forgotten."""
    request.session[KEY] = Pending(
        purpose=str(purpose), challenge=str(asked.challenge), secret=asked.secret, ending=phone[-3:], next=after
    )


def kept(request: HttpRequest, purpose: PhoneChallenge.Purpose) -> Pending | None:
    """Return what this browser asked for, if it was for this."""
    found: Pending | None = request.session.get(KEY)
    return found if found and found["purpose"] == purpose else None


def forget(request: HttpRequest) -> None:
    """Forget it: it was used."""
    request.session.pop(KEY, None)
