"""AzuraCast: its NowPlaying object in, our reports out.

The object is described by AzuraCast's own sources (``backend/src/Entity/Api/NowPlaying``): ``now_playing`` and
``playing_next`` may be null, the song's texts may be null, ``custom_fields`` is ``[]`` when empty. ``sh_id`` is the
row of its play history and names one play; the song's id does not, it is a digest of artist and title.

Older scripts and other radios send a flat ``{"song": {"artist", "title", "id"}, "station": {…}}``; it is understood
too. Its play is named by song and ``played_at`` (in the body or in the song, seconds since 1970) where that is given.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from streaming.sources.cleaning import clean_text
from streaming.sources.fields import Fields
from streaming.sources.report import TrackReport, song_digest

# What AzuraCast fills in for a station that is offline.
OFFLINE_SONG_ID = "5a6a865199cf5df73b1417326d2ff24f"
SONG_ID_LIMIT = 128
SHORTCODE_LIMIT = 100
LAST_PLAY = 2**63 - 1
LAST_SECOND = 253_402_300_799  # the end of the year 9999
LONGEST = 2_000_000  # seconds: 23 days, what the column holds


def shortcode(body: Any) -> str:
    """Return which station a body is about: ``station.shortcode``.

    Raises:
        FieldWrongError: the body does not say.

    """
    return clean_text(Fields(body).object("station").text("shortcode"), SHORTCODE_LIMIT)


def now_playing(body: Any, *, received: datetime) -> TrackReport | None:
    """Translate a NowPlaying object or a flat body; None when nothing is playing.

    Raises:
        FieldWrongError: a field that is needed is missing or of the wrong type.

    """
    fields = Fields(body)
    if "now_playing" not in fields and "song" in fields:
        return None if fields.is_null("song") else _flat(fields, received)
    if fields.is_null("now_playing"):
        return None
    return _play(fields.object("now_playing"), received)


def missed(body: Any, *, received: datetime, after: datetime) -> list[TrackReport]:
    """Return the plays in ``song_history`` that began later than ``after``, oldest first; each is over already.

    Raises:
        FieldWrongError: a play lacks a field.

    """
    history = Fields(body).values.get("song_history")
    items = history if isinstance(history, list) else []
    plays = [_play(Fields(item, f"song_history.{n}"), received, past=True) for n, item in enumerate(items)]
    return sorted((p for p in plays if p and p.started_at > after), key=lambda play: play.started_at)


def _play(play: Fields, received: datetime, *, past: bool = False) -> TrackReport | None:
    history_row = play.whole("sh_id", least=0, most=LAST_PLAY)
    played_at = play.whole("played_at", least=0, most=LAST_SECOND)
    duration = play.seconds("duration", most=LONGEST)
    song = play.object("song")
    song_id = clean_text(song.text("id"), SONG_ID_LIMIT)
    artist, title = _names(song)
    if song_id == OFFLINE_SONG_ID or history_row == 0:
        return None
    return TrackReport(
        artist=artist,
        title=title,
        album=_optional(song, "album"),
        song_id=song_id,
        duration_ms=round(duration * 1000),
        started_at=_began(played_at, received),
        play=f"sh:{history_row}",
        past=past,
    )


def _flat(fields: Fields, received: datetime) -> TrackReport | None:
    song = fields.object("song")
    artist, title = _names(song)
    song_id = clean_text(str(song.values.get("id") or ""), SONG_ID_LIMIT)
    if song_id == OFFLINE_SONG_ID:
        return None
    holder = next((place for place in (fields, song) if "played_at" in place), None)
    played_at = holder.whole("played_at", least=0, most=LAST_SECOND) if holder else 0
    return TrackReport(
        artist=artist,
        title=title,
        album=_optional(song, "album"),
        song_id=song_id,
        duration_ms=round(song.seconds("duration", most=LONGEST) * 1000) if "duration" in song else 0,
        started_at=_began(played_at, received),
        play=f"flat:{played_at}:{song_digest(song_id, artist, title)}" if played_at else "",
    )


def _names(song: Fields) -> tuple[str, str]:
    return clean_text(song.text("artist")), clean_text(song.text("title"))


def _optional(song: Fields, name: str) -> str:
    return clean_text(song.text(name)) if name in song else ""


def _began(played_at: int, received: datetime) -> datetime:
    # AzuraCast adds five seconds for the listeners' buffers, and clocks differ: nothing began later than now.
    return min(datetime.fromtimestamp(played_at, UTC), received) if played_at else received
