"""What can be wrong when a presenter, or somebody who claims to be one, comes."""

from __future__ import annotations

from config.lib.problem import LongwaveError


class KeyInvalidError(LongwaveError, ValueError):
    """A presenter's key cannot be made; the sentence names the field and the remedy."""

    status = 422
    title = "The key cannot be made"


class PublishRefusedError(LongwaveError, PermissionError):
    """Whoever publishes may not."""

    status = 403
    title = "Publishing is refused"


class CallWrongError(LongwaveError, ValueError):
    """A call to the ingest server's door cannot be understood."""

    status = 400
    title = "The call cannot be understood"


class CallerUnknownError(LongwaveError, PermissionError):
    """A call does not come from our ingest server."""

    status = 403
    title = "Only the ingest server may call"


class IngestOffError(LongwaveError, LookupError):
    """Takeovers are not switched on."""

    status = 404
    title = "Takeovers are off"


class TooManyPublishesError(LongwaveError):
    """More calls come than presenters make."""

    status = 429
    title = "Too many calls"


class CallTooLargeError(LongwaveError, ValueError):
    """A call's body is larger than any real one."""

    status = 413
    title = "The call is too large"


class NotDecidedError(LongwaveError):
    """The database does not answer, so nobody is let in."""

    status = 503
    title = "It cannot be decided now"
