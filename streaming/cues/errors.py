"""What can be wrong about pictures for tracks."""

from __future__ import annotations

from config.lib.problem import LongwaveError


class MappingInvalidError(LongwaveError, ValueError):
    """A track cannot be mapped like this; the sentence names the field and the remedy."""

    status = 422
    title = "The track cannot be mapped"


class LoopNotReadyError(LongwaveError):
    """A loop cannot be shown yet, or not at all."""

    status = 409
    title = "The loop is not ready"
