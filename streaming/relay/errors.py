"""What can go wrong with the relay."""

from __future__ import annotations

from config.lib.problem import LongwaveError


class RelayOffError(LongwaveError):
    """There is no relay."""

    status = 404
    title = "There is no relay"


class CallerUnknownError(LongwaveError):
    """Somebody who is not the relay called."""

    status = 403
    title = "This door is the relay's"


class NameTakenError(LongwaveError):
    """Somebody publishes under this name already."""

    status = 409
    title = "The name is taken"


class StatUnreadableError(LongwaveError):
    """The relay's statistics are not what nginx-rtmp makes."""

    status = 502
    title = "The relay's statistics cannot be read"
