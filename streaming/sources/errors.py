"""What can be wrong with something a source sends, and the answer each gets."""

from __future__ import annotations

from config.lib.problem import LongwaveError


class SourceError(LongwaveError):
    """Base of this room's errors."""


class NotJsonError(SourceError, ValueError):
    """The body is no JSON in UTF-8."""

    status = 400
    title = "The body is not JSON"


class SecretWrongError(SourceError, PermissionError):
    """No secret came, or a wrong one."""

    status = 401
    title = "The webhook's secret is missing or wrong"


class StationUnknownError(SourceError, LookupError):
    """There is no such station."""

    status = 404
    title = "There is no such station"


class MethodWrongError(SourceError):
    """Something other than a POST came."""

    status = 405
    title = "A webhook is a POST"


class BodyTooLargeError(SourceError):
    """The body is larger than a now-playing object can be."""

    status = 413
    title = "The body is too large"


class FieldWrongError(SourceError, ValueError):
    """A field is missing or of the wrong type; ``field`` is its path, e.g. ``now_playing.song.title``."""

    status = 422
    title = "A field is missing or of the wrong type"


class TooManyError(SourceError):
    """More came than a station can mean."""

    status = 429
    title = "Too many requests"


class NotStoredError(SourceError):
    """The database does not answer; nothing was kept."""

    status = 503
    title = "This cannot be stored now"


class NoAnswerError(SourceError):
    """A source did not say what plays."""

    status = 502
    title = "The source did not answer"
