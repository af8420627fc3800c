"""What is refused to programs, as sentences."""

from __future__ import annotations

from typing import ClassVar

from config.lib.problem import LongwaveError

CHALLENGE = 'Bearer realm="longwave"'
"""What is asked for with every 401 (RFC 6750, 3)."""


class _AskedError(LongwaveError):
    """Answered with 401."""

    status: ClassVar[int] = 401

    def headers(self) -> dict[str, str]:
        """Ask for a key or a token."""
        return {"WWW-Authenticate": CHALLENGE}


class KeyInvalidError(LongwaveError):
    """A key cannot be made like this; ``field`` says what is wrong."""

    status: ClassVar[int] = 422
    title: ClassVar[str] = "This key cannot be made"


class KeyUnknownError(LongwaveError):
    """There is no such key, or it is somebody else's."""

    status: ClassVar[int] = 404
    title: ClassVar[str] = "Not found"


class KeyOverError(LongwaveError):
    """The key has been replaced or ended."""

    status: ClassVar[int] = 409
    title: ClassVar[str] = "The key is over"


class NotByProgramError(LongwaveError):
    """Something a person must do themselves."""

    status: ClassVar[int] = 403
    title: ClassVar[str] = "Not with a key"


class TokenRefusedError(_AskedError):
    """A token is not ours, too old, of another kind, or its sign-in has ended."""

    title: ClassVar[str] = "Token refused"


class ProofRefusedError(_AskedError):
    """Address, password or code are not right; which of them is not said."""

    title: ClassVar[str] = "Sign-in refused"


class SecondFactorWantedError(_AskedError):
    """The password is right, and a second factor must come with it."""

    title: ClassVar[str] = "Second factor needed"


class TicketRefusedError(LongwaveError):
    """There is no such topic for this person."""

    status: ClassVar[int] = 404
    title: ClassVar[str] = "Not found"


class TicketsAwayError(LongwaveError):
    """Tickets cannot be kept now."""

    status: ClassVar[int] = 503
    title: ClassVar[str] = "Tickets are away"
