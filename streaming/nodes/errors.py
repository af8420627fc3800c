"""What can be wrong with what is asked of nodes."""

from __future__ import annotations

from config.lib.problem import LongwaveError


class NodeRefusedError(LongwaveError, ValueError):
    """It cannot be done as things are; the sentence says why and what to do instead."""

    status = 409
    title = "The machine cannot do that now"
