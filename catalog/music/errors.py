"""What can go wrong with a recording."""

from __future__ import annotations

from typing import ClassVar

from catalog.media.errors import MediaRefusedError


class TrackRefusedError(MediaRefusedError):
    """The upload is not a recording we can play; nothing of it was kept."""

    title: ClassVar[str] = "The recording was refused"
