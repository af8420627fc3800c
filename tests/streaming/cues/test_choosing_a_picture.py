"""Which picture goes with which track: there always is one."""

from __future__ import annotations

import pytest

from catalog.models import Loop, Rendition
from streaming.cues.models import Cue, TrackMapping
from streaming.cues.services import cue_change, picture_for
from streaming.sources.models import TrackChange
from streaming.sources.services import accept_change
from streaming.sources.titles import title_report
from streaming.stations.models import Station
from tests.factories import make_loop, make_mapping, make_profile, make_rendition, make_slate, make_station

pytestmark = pytest.mark.django_db
KEY = "ana - blue"


@pytest.fixture
def slate(db) -> Rendition:
    return make_slate()


@pytest.fixture
def station(slate) -> Station:
    return make_station("night-fm", source_kind="icecast")


def ready(name: str) -> Loop:
    loop = make_loop(name)
    make_rendition(loop)
    return loop


def shown(station: Station, key: str = KEY, song_id: str = "") -> tuple[str, str]:
    found = picture_for(station=station, track_key=key, song_id=song_id)
    assert found.loop is not None
    assert found.rendition is not None
    assert found.rendition.loop_id == found.loop.pk
    return found.loop.name, found.reason


def set_loops(station: Station, **loops: Loop | None) -> None:
    for name, loop in loops.items():
        setattr(station, name, loop)
    station.save()


def test_without_any_loop_the_slate_is_shown(station: Station, slate: Rendition):
    found = picture_for(station=station, track_key=KEY, song_id="")
    assert (found.rendition, found.reason) == (slate, Cue.Reason.SLATE)


def test_the_default_comes_before_the_slate(station: Station):
    set_loops(station, default_loop=ready("default"))
    assert shown(station) == ("default", "default")


def test_a_song_id_comes_before_the_default(station: Station):
    set_loops(station, default_loop=ready("default"))
    make_mapping(station, ready("by id"), "other - name", song_id="s1")
    assert shown(station, song_id="s1") == ("by id", "song_id")


def test_a_track_key_comes_before_a_song_id(station: Station):
    make_mapping(station, ready("by id"), "other - name", song_id="s1")
    make_mapping(station, ready("by key"), KEY)
    assert shown(station, song_id="s1") == ("by key", "track_key")


def test_a_held_loop_comes_before_all(station: Station):
    make_mapping(station, ready("by key"), KEY)
    set_loops(station, held_loop=ready("held"))
    assert shown(station) == ("held", "held")


def test_one_loop_for_several_reasons_has_the_first(station: Station):
    loop = ready("both")
    make_mapping(station, loop, KEY)
    set_loops(station, default_loop=loop)
    assert shown(station) == ("both", "track_key")


def test_another_stations_mapping_is_not_ours(station: Station):
    make_mapping(make_station("day-fm"), ready("theirs"), KEY, song_id="s1")
    assert shown(station, song_id="s1")[1] == "slate"


@pytest.mark.parametrize("key", ["", "no - body"])
def test_an_unknown_track_and_one_without_letters_show_the_default(station: Station, key: str):
    make_mapping(station, ready("by key"), KEY)
    set_loops(station, default_loop=ready("default"))
    assert shown(station, key) == ("default", "default")


def test_an_empty_song_id_matches_nothing(station: Station):
    make_mapping(station, ready("by key"), KEY, song_id="")
    assert shown(station, "no - body", "")[1] == "slate"


def test_a_loop_not_compiled_yet_is_passed_over_and_requested(station: Station):
    set_loops(station, default_loop=ready("default"))
    make_mapping(station, make_loop("new"), KEY)
    assert shown(station) == ("default", "default")
    assert Rendition.objects.get(loop__name="new").status == Rendition.Status.WAITING
    assert shown(station) == ("default", "default")
    assert Rendition.objects.filter(loop__name="new").count() == 1


def test_a_loop_that_could_not_be_compiled_is_passed_over_and_not_tried_again(station: Station):
    loop = make_loop("broken")
    rendition = make_rendition(loop, status=Rendition.Status.FAILED)
    make_mapping(station, loop, KEY)
    assert shown(station)[1] == "slate"
    rendition.refresh_from_db()
    assert rendition.status == Rendition.Status.FAILED


def test_a_rendition_of_another_profile_does_not_count(station: Station):
    loop = make_loop("wide")
    make_rendition(loop, make_profile("1080p30"))
    set_loops(station, default_loop=loop)
    assert shown(station)[1] == "slate"


def test_a_refused_loop_is_not_compiled(station: Station):
    set_loops(station, default_loop=make_loop("refused", status=Loop.Status.REFUSED))
    assert shown(station)[1] == "slate"
    assert not Rendition.objects.filter(loop__name="refused").exists()


def test_the_decision_for_a_change_is_kept(station: Station):
    make_mapping(station, ready("by key"), KEY)
    report = title_report("Ana - Blue", 1591548318.0)
    assert report is not None
    change, _ = accept_change(station=station, report=report, origin=TrackChange.Origin.ICY)
    cue = cue_change(change=change)
    change.refresh_from_db()
    assert (cue.change, cue.reason, cue.station) == (change, "track_key", station)
    assert cue.rendition is not None
    assert change.cued_at is not None
    assert TrackMapping.objects.get().play_count == 0  # counted when it airs, not when it is decided
