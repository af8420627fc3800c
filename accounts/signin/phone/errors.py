"""What can go wrong with a code by text message; no sentence holds a code or a whole number."""

from __future__ import annotations

from typing import ClassVar

from config.lib.problem import LongwaveError


class PhoneOffError(LongwaveError):
    """This installation sends no text messages."""

    status: ClassVar[int] = 404
    title: ClassVar[str] = "Not found"

    def __init__(self) -> None:
        """Say how it is switched on."""
        super().__init__("No text messages are sent here. Sign in by e-mail, or set SMS_PROVIDER.")


class CodeRefusedError(LongwaveError):
    """The code does not open anything: wrong, late, used, or asked for by another browser or program."""

    status: ClassVar[int] = 401
    title: ClassVar[str] = "The code was refused"

    def __init__(self) -> None:
        """Say the same, whatever the reason is: a stranger learns nothing from it."""
        super().__init__("This code is not right, or not any more. Check it, or ask for a new one.", field="code")


class NotQueuedError(LongwaveError):
    """Nothing can be sent at the moment, to anybody."""

    status: ClassVar[int] = 503
    title: ClassVar[str] = "No code can be sent"

    def headers(self) -> dict[str, str]:
        """Say when to ask again."""
        return {"Retry-After": "30"}


class SmsError(Exception):
    """A provider did not take a message; the text says why, in the operator's terms."""


class SmsAwayError(SmsError):
    """It could not be reached; it may be asked again."""


class SmsRefusedError(SmsError):
    """It refuses; asking again does not help."""
