"""What can be wrong about a destination."""

from __future__ import annotations

from config.lib.problem import LongwaveError


class DestinationInvalidError(LongwaveError, ValueError):
    """A field of a destination cannot be used; the sentence names it and the remedy."""

    status = 422
    title = "The destination cannot be saved"


class RecordingGoneError(LongwaveError):
    """A recording's file is no more."""

    status = 410
    title = "The recording is gone"
