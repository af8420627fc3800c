"""What can go wrong between us and a platform; each says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.lib.problem import LongwaveError

if TYPE_CHECKING:
    from datetime import datetime


class PlanInvalidError(LongwaveError, ValueError):
    """A field of a plan cannot be used; the sentence names the remedy."""

    status = 422
    title = "The plan cannot be saved"


class NotConfiguredError(LongwaveError):
    """The application at the platform is not set up here."""

    status = 409
    title = "The platform is not set up"


class PlatformError(LongwaveError):
    """A platform did not do what it was asked for."""

    status = 502
    title = "The platform did not do it"


class PlatformAwayError(PlatformError):
    """It gave no answer, or one that cannot be read: the same may work a little later."""

    title = "The platform did not answer"


class LaterError(PlatformError):
    """It wants to be asked later; ``until`` says when."""

    status = 503
    title = "The platform wants to be asked later"

    def __init__(self, detail: str, *, until: datetime) -> None:
        """Keep the sentence and the moment."""
        super().__init__(detail)
        self.until = until


class QuotaSpentError(LaterError):
    """Nothing is left of the day's quota. ``is_told``: the platform itself says so, not only our budget."""

    title = "The day's quota is used up"

    def __init__(self, detail: str, *, until: datetime, is_told: bool = False) -> None:
        """Keep the sentence, the moment, and who says so."""
        super().__init__(detail, until=until)
        self.is_told = is_told


class ConnectAgainError(PlatformError):
    """The leave to act for a channel is gone: somebody has to connect it again."""

    status = 409
    title = "The channel must be connected again"


class RefusedError(PlatformError):
    """It refused one request; ``reason`` is its own word for why (``liveStreamingNotEnabled``), ``code`` its status."""

    title = "The platform refused it"

    def __init__(self, detail: str, *, reason: str, code: int) -> None:
        """Keep the sentence and the platform's own word."""
        super().__init__(detail)
        self.reason = reason
        self.code = code


class LoginEndedError(LongwaveError):
    """A connection in the making came to nothing; ``state`` is that of :class:`DeviceLogin`."""

    status = 409
    title = "The channel was not connected"

    def __init__(self, detail: str, *, state: str) -> None:
        """Keep the sentence and the state."""
        super().__init__(detail)
        self.state = state
