"""What can be wrong about a station."""

from __future__ import annotations

from config.lib.problem import LongwaveError


class StationInvalidError(LongwaveError, ValueError):
    """A field of a station cannot be used; the sentence names it and the remedy."""

    status = 422
    title = "The station cannot be saved"
