"""Has the pictures of what will probably play next made ready. A wrong guess costs a row and some computing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from catalog.licences.terms import may_air
from catalog.music.track_key import track_key
from catalog.visuals.titles.words import Words
from streaming.cues.services import picture_for
from streaming.cues.titling import words_of
from streaming.sources.models import TrackChange, UpcomingTrack
from streaming.stations.models import Station

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catalog.models import Rendition
    from streaming.cues.resolver import Resolution
    from streaming.sources.report import TrackReport
    from streaming.stations.models import PlaylistEntry

# Of a playlist in order so many entries after the one on air have their titled pictures made ready.
ENTRIES_AHEAD = 3
# Of a shuffled one nobody knows what is next: all of a short one, none of a longer one.
SHORT_PLAYLIST = 20
NAMED = ("artist", "title", "album", "track_key", "song_id", "art_url")


def prepare_upcoming(*, station: Station, report: TrackReport) -> UpcomingTrack | None:
    """Keep what a source says will play next, and have its picture made ready, title and all.

    The same guess again changes nothing but when it was said; another one takes its place. A jingle keeps the picture,
    so there is nothing to prepare for it.
    """
    if report.is_jingle:
        return None
    said = {name: getattr(report, name) for name in NAMED}
    upcoming, _ = UpcomingTrack.objects.update_or_create(
        station=station,
        defaults={**said, "expected_at": report.started_at, "seen_at": timezone.now()},
    )
    _resolve(station, upcoming)
    return upcoming


def picture_ahead(*, station: Station) -> Resolution | None:
    """Return what the track that is said to come would be shown with now; none if nothing is known to come.

    Asked again and again it follows what became ready since: a cover that arrived, a loop that was mapped. A guess that
    came true (its track is the newest change) is over.
    """
    upcoming = UpcomingTrack.objects.filter(station=station).first()
    if upcoming is None:
        return None
    newest = TrackChange.objects.filter(station=station).order_by("-id").values_list("track_key", "received_at").first()
    if newest is not None and newest[0] == upcoming.track_key and newest[1] >= upcoming.seen_at:
        return None
    return _resolve(station, upcoming)


def pictures_ahead(*, station: Station) -> list[Rendition]:
    """Return every rendition that is made ready for what comes at a station: the guess, and the next entries."""
    guess = picture_ahead(station=station)
    found = [guess.rendition] if guess is not None else []
    if station.source_kind == Station.SourceKind.PLAYLIST:
        entries = [e for e in station.playlist.select_related("track__licence") if may_air(e.track)]
        ahead = entries_ahead(station=station, entries=entries)
        found += [picture_of_entry(station, entry).rendition for entry in entries if entry.pk in ahead]
    return [rendition for rendition in found if rendition is not None]


def picture_of_entry(station: Station, entry: PlaylistEntry) -> Resolution:
    """Return what a playlist's track is shown with, title and all."""
    track = entry.track
    words = Words(track.artist, track.title, station.name)
    return picture_for(station=station, track_key=track_key(track.artist, track.title), song_id="", words=words)


def entries_ahead(*, station: Station, entries: Sequence[PlaylistEntry]) -> set[int]:
    """Return the keys of the playlist entries whose titles are worth compiling now: the next few, never thousands."""
    if station.shuffle:
        return {entry.pk for entry in entries} if len(entries) <= SHORT_PLAYLIST else set()
    keys = [entry.pk for entry in entries]
    on_air = entry_on_air(station) or ""
    place = keys.index(int(on_air)) if on_air and int(on_air) in keys else -1
    return {keys[(place + step) % len(keys)] for step in range(ENTRIES_AHEAD + 1)} if keys else set()


def _resolve(station: Station, upcoming: UpcomingTrack) -> Resolution:
    found = picture_for(
        station=station,
        track_key=upcoming.track_key,
        song_id=upcoming.song_id,
        words=words_of(upcoming, station),
    )
    if upcoming.prepared_at is None or upcoming.prepared_at < upcoming.seen_at:
        UpcomingTrack.objects.filter(pk=upcoming.pk).update(prepared_at=timezone.now())
    return found


def entry_on_air(station: Station) -> str | None:
    """Return the id of the playlist's entry that went on air last, as the encoder knows it; None: there is none."""
    moved = TrackChange.objects.filter(station=station, origin=TrackChange.Origin.PLAYLIST).order_by("-id").first()
    entry = str(((moved.payload or {}).get("track") or {}).get("entry", "")) if moved else ""
    return entry if entry.isdigit() else None
