"""What a source says, in our words."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from catalog.music.track_key import track_key

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class TrackReport:
    """A track began at a station.

    ``play`` names this one play at the source, e.g. ``sh:4711``, and is "" when the source has no such name (a title
    in the sound, a status page). ``started_at`` is aware. ``past`` is set when the track is over already: the play is
    kept on record and not shown any more. ``is_jingle``: kept on record too, and the picture stays. ``art_url`` is an
    absolute http(s) address or "". ``streamer`` is who presents live.
    """

    artist: str
    title: str
    started_at: datetime
    album: str = ""
    song_id: str = ""
    duration_ms: int = 0
    play: str = ""
    past: bool = False
    art_url: str = ""
    is_jingle: bool = False
    streamer: str = ""
    payload: dict[str, Any] | None = None

    @property
    def track_key(self) -> str:
        """The key mappings are kept under."""
        return track_key(self.artist, self.title)

    @property
    def dedupe_key(self) -> str:
        """The play's own name; for a source without one, the song and the millisecond it was heard."""
        if self.play:
            return self.play
        return f"at:{round(self.started_at.timestamp() * 1000)}:{song_digest(self.artist, self.title)}"


def song_digest(*parts: str) -> str:
    """Return 16 hexadecimal digits that stand for a song in a key."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
