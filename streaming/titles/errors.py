"""What can go wrong with titles."""

from __future__ import annotations

from typing import ClassVar

from config.lib.problem import LongwaveError


class DesignInvalidError(LongwaveError):
    """A design cannot be used as it is."""

    status: ClassVar[int] = 422
    title: ClassVar[str] = "The title's design is not valid"
