"""The verbs of sources: take up a change, try a source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone

from config.lib.notify import notify
from config.lib.problem import LongwaveError
from streaming.outputs.trying import TestResult
from streaming.sources.models import Said, TrackChange
from streaming.sources.repeats import is_named, is_overtaken, repeated
from streaming.sources.trial import try_now_playing, try_sound
from streaming.stations.models import Station

if TYPE_CHECKING:
    from streaming.sources.report import TrackReport

EMPTY_PLAYLIST = "The playlist is empty. Add tracks to it."
PATIENCE = "3s"  # AzuraCast gives up after five
NAMED_FIELDS = ("dedupe_key", "album", "song_id", "duration_ms", "art_url", "streamer")
LOCK_SPACE = 0x4C57_0001  # advisory locks of this service; the second half of the key is the station


@transaction.atomic
def accept_change(*, station: Station, report: TrackReport, origin: str) -> tuple[TrackChange, bool]:
    """Keep what a source reported, once, and wake the node; return the change and whether it is new.

    1. Lock: reports of one station are taken one after another, so two ways cannot both be first.
    2. Check: has this or another way said so already? A title that is named now gets its name, once.
    3. Change: one row; a jingle, a play that is over or one that was overtaken is marked so that no node takes it up.
    4. Hand on: one NOTIFY, sent with the commit.

    Raises:
        django.db.DatabaseError: nothing was kept.

    """
    _lock(station)
    change = _change(station, report, origin)
    lately = TrackChange.objects.said_lately(station=station.pk, dedupe_key=change.dedupe_key)
    repeat = repeated(_said(change), lately)
    if repeat is not None:
        _name(repeat, change, lately)
        return TrackChange.objects.get(pk=repeat.id), False
    if report.past or report.is_jingle or is_overtaken(_said(change), lately):
        change.cued_at = timezone.now()
    change.save(force_insert=True)
    if change.cued_at is None:
        notify(station=str(station.pk), what="change")
    return change, True


def test_source(*, station: Station) -> TestResult:
    """Listen to the station's sound and read its now-playing address; keeps nothing, takes some seconds at most."""
    if station.source_kind == Station.SourceKind.PLAYLIST:
        tracks = station.playlist.count()
        return TestResult(bool(tracks), f"{tracks} tracks are in the playlist." if tracks else EMPTY_PLAYLIST)
    if not station.audio_url:
        return TestResult(ok=False, sentence="No sound URL is set. Enter the address of the radio's stream.")
    try:
        return TestResult(ok=True, sentence=f"{try_sound(station.audio_url)} {try_now_playing(station)}")
    except LongwaveError as error:
        return TestResult(ok=False, sentence=error.detail)


test_source.__test__ = False  # type: ignore[attr-defined]  # no test, whatever pytest thinks of the name


def _said(change: TrackChange) -> Said:
    return Said(
        id=0,
        dedupe_key=change.dedupe_key,
        origin=change.origin,
        track_key=change.track_key,
        title=change.title,
        started_at=change.started_at,
        duration_ms=change.duration_ms,
    )


def _change(station: Station, report: TrackReport, origin: str) -> TrackChange:
    return TrackChange(
        station=station,
        dedupe_key=report.dedupe_key,
        origin=origin,
        artist=report.artist,
        title=report.title,
        album=report.album,
        track_key=report.track_key,
        song_id=report.song_id,
        duration_ms=report.duration_ms,
        started_at=report.started_at,
        art_url=report.art_url,
        is_jingle=report.is_jingle,
        streamer=report.streamer,
        payload=report.payload,
    )


def _name(kept: Said, change: TrackChange, lately: list[Said]) -> None:
    if is_named(kept) or not is_named(_said(change)) or any(c.dedupe_key == change.dedupe_key for c in lately):
        return
    known = {name: getattr(change, name) for name in NAMED_FIELDS if getattr(change, name)}
    TrackChange.objects.filter(pk=kept.id).update(**known)


def _lock(station: Station) -> None:
    # Whoever waits longer than a sender does is told so; set_config stands first and is worked out first.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('lock_timeout', %s, true), pg_advisory_xact_lock(%s, hashtext(%s))",
            [PATIENCE, LOCK_SPACE, str(station.pk)],
        )
