"""Who sends text messages: one file for each, named after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from django.conf import settings

from accounts.signin.phone import msg91, terminal
from accounts.signin.phone.errors import PhoneOffError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest


class Provider(Protocol):
    """Sends one code to one number (E.164); returns when the message was taken.

    Raises:
        SmsAwayError: it could not be reached.
        SmsRefusedError: it refuses.

    """

    def __call__(self, *, phone: str, code: str, minutes: int) -> None:
        """Send the code, which holds for so many minutes."""


PROVIDERS: Mapping[str, Provider] = {"msg91": msg91.send, "console": terminal.send}


def provider() -> Provider:
    """Return the one that is set up.

    Raises:
        PhoneOffError: there is none.

    """
    if not settings.SMS_PROVIDER:
        raise PhoneOffError
    return PROVIDERS[settings.SMS_PROVIDER]


def is_on() -> bool:
    """Tell whether text messages are sent."""
    return bool(settings.SMS_PROVIDER)


def offered(request: HttpRequest) -> dict[str, bool]:  # noqa: ARG001 - a context processor's signature
    """Tell every page whether one can sign in by phone."""
    return {"phone_sign_in": is_on()}
