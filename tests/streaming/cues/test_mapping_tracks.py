"""Operators say which loop a track shows, and what to show now."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catalog.models import Loop, Rendition
from streaming.cues.errors import LoopNotReadyError, MappingInvalidError
from streaming.cues.models import Cue, TrackMapping
from streaming.cues.queries import heard_without_loop
from streaming.cues.services import count_play, cue_change, cue_loop, map_track, release_held, set_default_loop
from streaming.sources.models import TrackChange
from streaming.sources.services import accept_change
from streaming.sources.titles import title_report
from streaming.stations.models import Station
from tests.factories import make_loop, make_mapping, make_rendition, make_slate, make_station

pytestmark = pytest.mark.django_db


@pytest.fixture
def station(db) -> Station:
    make_slate()
    return make_station("night-fm", source_kind="icecast")


def hear(station: Station, title: str, at: float = 1_591_548_318.0, *, is_jingle: bool = False) -> TrackChange:
    report = title_report(title, at)
    assert report is not None
    report = replace(report, is_jingle=is_jingle)
    return accept_change(station=station, report=report, origin=TrackChange.Origin.ICY)[0]


def hear_mapped(station: Station) -> tuple[Loop, Loop, TrackChange]:
    """A track with a loop of its own plays; returns that loop, another one, and the change."""
    own, other = make_loop("own"), make_loop("other")
    make_rendition(own)
    make_rendition(other)
    make_mapping(station, own, "ana - blue")
    return own, other, hear(station, "Ana - Blue")


def test_a_track_is_mapped_under_its_key_and_its_loop_is_compiled(station: Station):
    loop = make_loop()
    mapping = map_track(station=station, artist="ANA", title="Blue (Live!)", loop=loop, song_id="s1")
    assert (mapping.track_key, mapping.song_id, mapping.loop) == ("ana - blue live", "s1", loop)
    assert Rendition.objects.filter(loop=loop).exists()


def test_mapping_a_track_again_changes_its_loop_and_keeps_its_count(station: Station):
    make_mapping(station, make_loop("old"), "ana - blue", play_count=7, song_id="s1")
    new = make_loop("new")
    map_track(station=station, artist="Ana", title="Blue", loop=new)
    mapping = TrackMapping.objects.get()
    assert (mapping.loop, mapping.play_count, mapping.song_id) == (new, 7, "s1")


@pytest.mark.parametrize(("artist", "title"), [("", ""), ("🎧", "🎶"), ("!!!", "???")])
def test_a_track_without_letters_cannot_be_mapped(station: Station, artist: str, title: str):
    with pytest.raises(MappingInvalidError) as refused:
        map_track(station=station, artist=artist, title=title, loop=make_loop())
    assert refused.value.field == "title"
    assert not TrackMapping.objects.exists()


def test_a_loop_that_was_refused_cannot_be_mapped(station: Station):
    with pytest.raises(MappingInvalidError) as refused:
        map_track(station=station, artist="Ana", title="Blue", loop=make_loop(status=Loop.Status.REFUSED))
    assert refused.value.field == "loop"


def test_a_song_id_that_is_too_long_is_named(station: Station):
    with pytest.raises(MappingInvalidError) as refused:
        map_track(station=station, artist="Ana", title="Blue", loop=make_loop(), song_id="x" * 129)
    assert refused.value.field == "song_id"


def test_the_default_is_set_and_compiled(station: Station):
    loop = make_loop()
    set_default_loop(station=station, loop=loop)
    station.refresh_from_db()
    assert station.default_loop == loop
    assert Rendition.objects.filter(loop=loop).exists()


def test_a_loop_is_shown_now_until_the_next_track(station: Station):
    loop = make_loop()
    rendition = make_rendition(loop)
    cue = cue_loop(station=station, loop=loop, held=False)
    station.refresh_from_db()
    assert (cue.rendition, cue.reason, cue.change) == (rendition, Cue.Reason.MANUAL, None)
    assert station.held_loop is None


def test_a_held_loop_stays_until_it_is_released_and_then_the_track_decides(station: Station):
    own, held, change = hear_mapped(station)
    assert cue_loop(station=station, loop=held, held=True).reason == Cue.Reason.HELD
    assert Station.objects.get().held_loop == held
    release_held(station=station)
    assert Station.objects.get().held_loop is None
    newest = Cue.objects.order_by("-created_at").first()
    assert newest is not None
    assert (newest.loop, newest.reason, newest.change) == (own, Cue.Reason.TRACK_KEY, change)


def test_a_jingle_that_plays_when_a_loop_is_released_leaves_the_picture_to_the_track(station: Station):
    own, held, change = hear_mapped(station)
    cue_change(change=change)
    cue_loop(station=station, loop=held, held=True)
    hear(station, "Radio - Ident", at=1_591_548_500.0, is_jingle=True)
    release_held(station=station)
    newest = Cue.objects.first()
    assert newest is not None
    assert (newest.loop, newest.change) == (own, change)


def test_releasing_what_is_not_held_changes_nothing(station: Station):
    release_held(station=station)
    assert not Cue.objects.exists()


def test_a_loop_that_is_being_compiled_is_not_shown_and_is_requested(station: Station):
    loop = make_loop("new")
    with pytest.raises(LoopNotReadyError, match="new is being compiled for 720p30"):
        cue_loop(station=station, loop=loop, held=True)
    station.refresh_from_db()
    assert station.held_loop is None
    assert not Cue.objects.exists()
    assert Rendition.objects.get(loop=loop).status == Rendition.Status.WAITING


def test_a_loop_that_could_not_be_compiled_says_why(station: Station):
    loop = make_loop("broken")
    make_rendition(loop, status=Rendition.Status.FAILED, reason="The picture is one pixel wide.")
    with pytest.raises(LoopNotReadyError, match="one pixel wide"):
        cue_loop(station=station, loop=loop, held=False)


def test_a_play_is_counted_on_the_mapping_that_decided_it(station: Station):
    by_key = make_mapping(station, make_loop("a"), "ana - blue")
    by_id = make_mapping(station, make_loop("b"), "other - name", song_id="s1")
    count_play(station=station, track_key="ana - blue", song_id="s1")
    count_play(station=station, track_key="new - name", song_id="s1")
    count_play(station=station, track_key="no - body", song_id="")
    by_key.refresh_from_db()
    by_id.refresh_from_db()
    assert (by_key.play_count, by_id.play_count) == (1, 1)


def test_tracks_heard_without_a_loop_are_listed_most_played_first(station: Station):
    for number, title in enumerate(["Ana - Blue", "Ben - Red", "Ana - Blue", "Cy - Green", "🎶"]):
        hear(station, title, 1_591_548_318.0 + 3600 * number)
    make_mapping(station, make_loop(), "cy - green")
    assert [(track.track_key, track.plays) for track in heard_without_loop(station=station)] == [
        ("ana - blue", 2),
        ("ben - red", 1),
    ]
    assert [track.artist for track in heard_without_loop(limit=1)] == ["Ana"]
    assert heard_without_loop(station=make_station("day-fm")) == []


def test_a_track_mapped_by_its_song_id_counts_as_mapped(station: Station):
    change = hear(station, "Ana - Blue")
    TrackChange.objects.filter(pk=change.pk).update(song_id="s1")
    make_mapping(station, make_loop(), "other - name", song_id="s1")
    assert heard_without_loop(station=station) == []


def test_only_the_newest_changes_are_looked_at(station: Station, django_assert_num_queries, monkeypatch):
    monkeypatch.setattr("streaming.cues.queries.LOOK_BACK", 1)
    hear(station, "Ana - Blue")
    hear(station, "Ben - Red", 1_591_548_400.0)
    with django_assert_num_queries(1):
        assert [track.track_key for track in heard_without_loop(station=station)] == ["ben - red"]
