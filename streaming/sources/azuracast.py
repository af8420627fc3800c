"""AzuraCast: its NowPlaying object in, our reports out.

The object is described by AzuraCast's own sources (``backend/src/Entity/Api/NowPlaying``): ``now_playing`` and
``playing_next`` may be null, the song's texts may be null, ``custom_fields`` is ``[]`` when empty. ``sh_id`` is the
row of its play history and names one play; the song's id does not, it is a digest of artist and title.

What is not needed to know what plays (``live``, ``playing_next``, the cover) is read where it can be and never
refused.

Older scripts and other radios send a flat ``{"song": {"artist", "title", "id"}, "station": {…}}``; it is understood
too. Its play is named by song and ``played_at`` (in the body or in the song, seconds since 1970) where that is given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from streaming.sources.cleaning import TEXT_LIMIT, clean_text
from streaming.sources.errors import FieldWrongError
from streaming.sources.fields import Fields
from streaming.sources.report import TrackReport, song_digest

# What AzuraCast fills in for a station that is offline.
OFFLINE_SONG_ID = "5a6a865199cf5df73b1417326d2ff24f"
SONG_ID_LIMIT = 128
SHORTCODE_LIMIT = 100
ART_LIMIT = 1000
LAST_PLAY = 2**63 - 1
LAST_SECOND = 253_402_300_799  # the end of the year 9999
LONGEST = 2_000_000  # seconds: 23 days, what the column holds
# Jingle mode keeps a playlist out of NowPlaying altogether; a playlist of jingles without it says so by its name.
JINGLES = re.compile(r"\bjingles?\b", re.IGNORECASE)


@dataclass(frozen=True)
class Live:
    """Who presents live, since when (seconds since 1970; 0 is unknown)."""

    streamer: str
    since: int


def shortcode(body: Any) -> str:
    """Return which station a body is about: ``station.shortcode``.

    Raises:
        FieldWrongError: the body does not say.

    """
    return clean_text(Fields(body).object("station").text("shortcode"), SHORTCODE_LIMIT)


def now_playing(body: Any, *, received: datetime, base: str = "") -> TrackReport | None:
    """Translate a NowPlaying object or a flat body; None when nothing is playing.

    A presenter who is live but has not said yet what is played is reported by name: what AzuraCast gives as playing
    is then still the track before. ``base`` is the address that covers without a host are relative to.

    Raises:
        FieldWrongError: a field that is needed is missing or of the wrong type.

    """
    fields = Fields(body)
    if "now_playing" not in fields and "song" in fields:
        return None if fields.is_null("song") else _flat(fields, received, base)
    if fields.is_null("now_playing"):
        return None
    play = fields.object("now_playing")
    report, live = _play(play, received, base), _live(fields)
    if live is None:
        return report
    if report is None or not _is_by(live, play):
        return _live_report(live, play, received)
    return replace(report, streamer=live.streamer)


def missed(body: Any, *, received: datetime, after: datetime) -> list[TrackReport]:
    """Return the plays in ``song_history`` that began later than ``after``, oldest first; each is over already.

    Raises:
        FieldWrongError: a play lacks a field.

    """
    history = Fields(body).values.get("song_history")
    items = history if isinstance(history, list) else []
    plays = [_play(Fields(item, f"song_history.{n}"), received) for n, item in enumerate(items)]
    over = [replace(play, past=True) for play in plays if play and play.started_at > after]
    return sorted(over, key=lambda play: play.started_at)


def upcoming(body: Any, *, received: datetime, base: str = "") -> TrackReport | None:
    """Translate ``playing_next``, a guess; ``started_at`` is when it is expected. None: nothing to prepare."""
    values = body.get("playing_next") if isinstance(body, dict) else None
    if not isinstance(values, dict):
        return None
    try:
        coming = Fields(values, "playing_next")
        song = coming.object("song")
        artist, title = _names(song)
        report = TrackReport(
            artist=artist,
            title=title,
            album=_optional(song, "album"),
            song_id=clean_text(song.text("id"), SONG_ID_LIMIT),
            duration_ms=_milliseconds(values.get("duration")),
            started_at=_expected(values.get("played_at"), received),
            art_url=_art(song, base),
        )
    except FieldWrongError:
        return None  # nothing is lost but a head start
    return None if _is_jingle(coming) or not (artist or title) else report


def _play(play: Fields, received: datetime, base: str = "") -> TrackReport | None:
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
        art_url=_art(song, base),
        is_jingle=_is_jingle(play),
        streamer=_lenient(play, "streamer"),
    )


def _flat(fields: Fields, received: datetime, base: str) -> TrackReport | None:
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
        art_url=_art(song, base),
    )


def _live(fields: Fields) -> Live | None:
    values = fields.values.get("live")
    if not isinstance(values, dict) or values.get("is_live") is not True:
        return None
    streamer = _lenient(Fields(values, "live"), "streamer_name")
    return Live(streamer, _second(values.get("broadcast_start"))) if streamer else None


def _is_by(live: Live, play: Fields) -> bool:
    # AzuraCast notes the presenter on each play of theirs; where it does not, a play that began later is theirs.
    streamer = _lenient(play, "streamer")
    return streamer == live.streamer if streamer else bool(play.values["played_at"] >= live.since)


def _live_report(live: Live, play: Fields, received: datetime) -> TrackReport:
    since = str(live.since) if live.since else f"after {play.values['sh_id']}"
    return TrackReport(
        artist=live.streamer,
        title="",
        started_at=_began(live.since, received),
        play=f"live:{since}:{song_digest(live.streamer)}",
        streamer=live.streamer,
    )


def _names(song: Fields) -> tuple[str, str]:
    return clean_text(song.text("artist")), clean_text(song.text("title"))


def _optional(song: Fields, name: str) -> str:
    return clean_text(song.text(name)) if name in song else ""


def _lenient(fields: Fields, name: str, limit: int = TEXT_LIMIT) -> str:
    value = fields.values.get(name)
    return clean_text(value, limit) if isinstance(value, str) else ""


def _art(song: Fields, base: str) -> str:
    given = _lenient(song, "art", ART_LIMIT + 1)
    try:
        address = urljoin(base, given) if given else ""
        fits = urlsplit(address).scheme in {"http", "https"} and bool(urlsplit(address).hostname)
    except ValueError:
        return ""
    return address if fits and len(address) <= ART_LIMIT else ""


def _is_jingle(play: Fields) -> bool:
    return bool(JINGLES.search(_lenient(play, "playlist")))


def _milliseconds(seconds: Any) -> int:
    known = isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 <= seconds <= LONGEST
    return round(seconds * 1000) if known else 0


def _expected(played_at: Any, received: datetime) -> datetime:
    at = _second(played_at)
    return max(datetime.fromtimestamp(at, UTC), received) if at else received


def _second(value: Any) -> int:
    known = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LAST_SECOND
    return int(value) if known else 0


def _began(played_at: int, received: datetime) -> datetime:
    # AzuraCast adds five seconds for the listeners' buffers, and clocks differ: nothing began later than now.
    return min(datetime.fromtimestamp(played_at, UTC), received) if played_at else received
