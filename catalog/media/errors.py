"""What can go wrong with a media file, each with a sentence for the person who sent it."""

from __future__ import annotations

from typing import ClassVar

from config.lib.problem import LongwaveError


class MediaRefusedError(LongwaveError):
    """The file is not one we play; nothing of it was kept."""

    status: ClassVar[int] = 422
    title: ClassVar[str] = "The file was refused"


class MediaTooLargeError(MediaRefusedError):
    """The file has more bytes than an upload may have."""

    status: ClassVar[int] = 413
    title: ClassVar[str] = "The file is too large"


class StorageFullError(LongwaveError):
    """There is no room for the file; nothing of it was kept."""

    status: ClassVar[int] = 507
    title: ClassVar[str] = "No space left"


class MediaMissingError(LongwaveError):
    """A row names a file that the storage does not hold, or holds in part."""

    status: ClassVar[int] = 503
    title: ClassVar[str] = "A stored file is missing"


class ReadingInterruptedError(LongwaveError):
    """Reading a file was ended from outside; nothing of it was kept, and trying again may work."""

    status: ClassVar[int] = 503
    title: ClassVar[str] = "Reading was interrupted"


class ChildDiedError(Exception):
    """A child process that read a media file was ended from outside; doing it again may work."""


class ChildBrokenError(Exception):
    """A child process failed in a way the file may have caused; doing it again will not help."""
