"""What can go wrong with loops and renditions."""

from __future__ import annotations

from typing import ClassVar

from catalog.media.errors import MediaRefusedError
from config.lib.problem import LongwaveError


class LoopRefusedError(MediaRefusedError):
    """The upload is not a video we can play; nothing of it was kept."""

    title: ClassVar[str] = "The video was refused"


class LoopInUseError(LongwaveError):
    """The loop is shown somewhere and cannot go."""

    status: ClassVar[int] = 409
    title: ClassVar[str] = "The loop is in use"


class RenditionNotReadyError(LongwaveError):
    """The rendition has no file yet, or never will have."""

    status: ClassVar[int] = 409
    title: ClassVar[str] = "Not compiled yet"


class RenditionFailedError(LongwaveError):
    """A picture that must be there could not be compiled."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "A loop could not be compiled"


class CompileTakenOverError(Exception):
    """Another worker took over this compile, because this one had given no sign of life."""


class ParameterSetsDifferError(Exception):
    """A rendition came out with other SPS and PPS than its profile's."""
