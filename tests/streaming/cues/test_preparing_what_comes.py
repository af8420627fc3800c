"""What will probably play next is made ready ahead; a wrong guess costs nothing but the making."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from catalog.models import Rendition, Track
from streaming.cues.prefetch import ENTRIES_AHEAD, SHORT_PLAYLIST, entries_ahead, picture_ahead, prepare_upcoming
from streaming.nodes import spec
from streaming.nodes.prefetching import picture_expected
from streaming.sources.models import TrackChange, UpcomingTrack
from streaming.sources.report import TrackReport
from streaming.stations.models import PlaylistEntry, Station
from streaming.titles.models import TitleDesign
from tests.factories import make_loop, make_mapping, make_rendition, make_slate, make_station

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places", "sent")]


@pytest.fixture
def station() -> Station:
    make_slate()
    loop = make_loop("mapped")
    make_rendition(loop)
    station = make_station("night-fm", source_kind="azuracast")
    make_mapping(station, loop, "ana - blue")
    TitleDesign.objects.create(station=station, enabled=True)
    return station


def report(title: str = "Blue", **fields) -> TrackReport:
    fields = {"started_at": timezone.now() + timedelta(seconds=90), "song_id": "s1", **fields}
    return TrackReport(artist="Ana", title=title, **fields)


def titled() -> list[str]:
    return sorted(r.card.title for r in Rendition.objects.filter(card__isnull=False).select_related("card") if r.card)


def test_the_next_tracks_titled_picture_is_asked_for_once(station, sent):
    first = prepare_upcoming(station=station, report=report())
    again = prepare_upcoming(station=station, report=report())
    assert first is not None
    assert again is not None
    row = UpcomingTrack.objects.get()
    assert (row.artist, row.title, row.track_key, row.song_id) == ("Ana", "Blue", "ana - blue", "s1")
    assert row.prepared_at is not None
    assert row.seen_at > first.seen_at
    assert titled() == ["Blue"]


def test_a_loop_that_is_not_compiled_yet_is_asked_for_too(station):
    make_mapping(station, make_loop("new"), "ana - green")
    prepare_upcoming(station=station, report=report("Green"))
    assert Rendition.objects.filter(loop__name="new", card=None).exists()
    assert titled() == ["Green"]


def test_another_guess_takes_the_place_of_the_last(station):
    prepare_upcoming(station=station, report=report("Red"))
    prepare_upcoming(station=station, report=report("Blue"))
    assert UpcomingTrack.objects.get().title == "Blue"
    assert titled() == ["Blue", "Red"]


def test_a_jingle_is_not_prepared_for(station):
    assert prepare_upcoming(station=station, report=report(is_jingle=True)) is None
    assert not UpcomingTrack.objects.exists()


def test_the_encoder_is_told_what_the_track_will_be_shown_with_as_things_get_ready(station):
    assert picture_expected(station=station) is None
    prepare_upcoming(station=station, report=report())
    plain = picture_expected(station=station)
    Rendition.objects.filter(card__isnull=False).update(status=Rendition.Status.READY)
    found = picture_ahead(station=station)
    assert found is not None
    assert found.rendition is not None
    assert found.rendition.card is not None
    assert plain is not None
    assert plain["id"] != str(found.rendition.pk)


def test_a_guess_that_came_true_is_over(station):
    prepare_upcoming(station=station, report=report())
    assert picture_ahead(station=station) is not None
    TrackChange.objects.create(
        station=station, track_key="ana - blue", dedupe_key="sh:1", origin="webhook", started_at=timezone.now()
    )
    assert picture_ahead(station=station) is None
    prepare_upcoming(station=station, report=report())  # the same song twice in a row
    assert picture_ahead(station=station) is not None


def playlist(station: Station, count: int) -> list[PlaylistEntry]:
    Station.objects.filter(pk=station.pk).update(source_kind=Station.SourceKind.PLAYLIST)
    station.refresh_from_db()
    tracks = [
        Track.objects.create(
            artist="Ana", title=f"Song {n}", file="tracks/none.mp3", sha256=f"{n:064}", duration_ms=9, size=1
        )
        for n in range(count)
    ]
    return [PlaylistEntry.objects.create(station=station, track=track, position=n) for n, track in enumerate(tracks)]


def on_air(station: Station, entry: PlaylistEntry) -> None:
    TrackChange.objects.create(
        station=station,
        origin="playlist",
        dedupe_key=f"run:{entry.pk}",
        track_key="x",
        started_at=timezone.now(),
        payload={"track": {"entry": str(entry.pk)}},
    )


def test_of_a_playlist_the_next_few_tracks_are_made_ready_round_its_end(station):
    entries = playlist(station, 30)
    ahead = entries_ahead(station=station, entries=entries)
    assert ahead == {entry.pk for entry in [entries[-1], *entries[:ENTRIES_AHEAD]]}
    on_air(station, entries[28])
    ahead = entries_ahead(station=station, entries=entries)
    assert ahead == {entries[n].pk for n in (28, 29, 0, 1)}


def test_of_a_shuffled_playlist_all_of_a_short_one_and_none_of_a_long_one(station):
    station.shuffle = True
    entries = playlist(station, SHORT_PLAYLIST + 1)
    station.shuffle = True
    assert entries_ahead(station=station, entries=entries) == set()
    assert len(entries_ahead(station=station, entries=entries[1:])) == SHORT_PLAYLIST


def test_a_playlists_spec_asks_for_no_more_titles_than_that(station, monkeypatch):
    monkeypatch.setattr(spec, "track_path", lambda _: "/nowhere.mp3")
    entries = playlist(station, 12)
    on_air(station, entries[4])
    told = spec.source_for(station, [])
    assert len(told["entries"]) == 12
    assert titled() == ["Song 4", "Song 5", "Song 6", "Song 7"]
    fifth = Rendition.objects.get(card__title="Song 5")
    fifth.file.save("fifth.mp4", ContentFile(b"compiled"), save=False)
    Rendition.objects.filter(pk=fifth.pk).update(status=Rendition.Status.READY, file=fifth.file.name, size=8)
    pictures = [entry["picture"]["id"] for entry in spec.source_for(station, [])["entries"]]
    assert pictures[5] == str(fifth.pk)
    assert len(set(pictures)) == 2
