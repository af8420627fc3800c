"""A track's title on its picture: as soon as it is ready, never at the price of the better loop or of any picture."""

from __future__ import annotations

import pytest
from django.utils import timezone

from catalog.models import Artwork, Loop, Rendition
from catalog.visuals.content_key import content_key
from catalog.visuals.titles.words import Words
from streaming.cues import titling
from streaming.cues.models import Cue
from streaming.cues.services import cue_change, cue_loop, picture_for
from streaming.nodes.improving import better_cue
from streaming.sources.models import TrackChange
from streaming.stations.models import Station
from streaming.titles.models import TitleDesign
from streaming.titles.services import card_for
from tests.factories import make_airing, make_loop, make_mapping, make_rendition, make_slate, make_station

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places", "sent")]
KEY = "ana - blue"
WORDS = Words("Ana", "Blue", "Night Fm")


@pytest.fixture
def station() -> Station:
    make_slate()
    station = make_station("night-fm", source_kind="azuracast")
    TitleDesign.objects.create(station=station, enabled=True)
    return station


def ready(name: str) -> Loop:
    loop = make_loop(name)
    make_rendition(loop)
    return loop


def default(station: Station, loop: Loop) -> None:
    station.default_loop = loop
    station.save()


def shown(station: Station, words: Words | None = WORDS) -> tuple[str, bool]:
    found = picture_for(station=station, track_key=KEY, song_id="", words=words)
    assert found.rendition is not None
    assert found.loop is not None
    return found.loop.name, found.rendition.card_id is not None


def finish(**which) -> None:
    """Play the compiler."""
    changed = Rendition.objects.filter(status=Rendition.Status.WAITING, **which).update(
        status=Rendition.Status.READY, ready_at=timezone.now()
    )
    assert changed


def titled_requests() -> list[str]:
    return [r.loop.name for r in Rendition.objects.filter(card__isnull=False).select_related("loop")]


def change(station: Station, **fields) -> TrackChange:
    fields = {"artist": "Ana", "title": "Blue", "track_key": KEY, "dedupe_key": "sh:1", "origin": "webhook", **fields}
    return TrackChange.objects.create(station=station, started_at=timezone.now(), **fields)


def test_a_track_never_seen_shows_the_plain_loop_at_once_and_its_title_when_it_is_ready(station):
    make_mapping(station, ready("mapped"), KEY)
    assert shown(station) == ("mapped", False)
    assert titled_requests() == ["mapped"]
    finish()
    assert shown(station) == ("mapped", True)
    assert titled_requests() == ["mapped"]


def test_the_plain_better_loop_beats_the_titled_lesser_one(station):
    default(station, ready("default"))
    assert shown(station) == ("default", False)
    finish()
    assert shown(station) == ("default", True)
    make_mapping(station, ready("mapped"), KEY)
    assert shown(station) == ("mapped", False)


def test_while_the_better_loop_compiles_its_title_is_made_and_the_lesser_one_shown(station):
    default(station, ready("default"))
    make_mapping(station, make_loop("mapped"), KEY)
    assert shown(station) == ("default", False)
    assert titled_requests() == ["mapped"]
    finish(card__isnull=False)
    assert shown(station) == ("mapped", True)


def test_a_loop_that_cannot_be_compiled_is_not_tried_with_each_title(station):
    broken = make_loop("broken")
    make_rendition(broken, status=Rendition.Status.FAILED)
    make_mapping(station, broken, KEY)
    default(station, ready("default"))
    assert shown(station) == ("default", False)
    assert titled_requests() == ["default"]


def test_without_titles_wanted_none_is_made(station):
    default(station, ready("default"))
    assert shown(station, None) == ("default", False)
    TitleDesign.objects.update(enabled=False)
    assert shown(station) == ("default", False)
    assert titled_requests() == []


def test_the_slate_carries_the_title_where_there_is_no_loop(station):
    assert shown(station) == ("Slate", False)
    finish()
    assert shown(station) == ("Slate", True)


def test_a_title_that_cannot_be_drawn_holds_no_picture_up(station, monkeypatch):
    def fail(**_):
        raise RuntimeError("no such glyph")

    monkeypatch.setattr(titling, "card_for", fail)
    default(station, ready("default"))
    assert shown(station) == ("default", False)


def test_a_cover_on_its_way_is_waited_for_a_moment(station, monkeypatch):
    default(station, ready("default"))
    words = Words("Ana", "Blue", "Night Fm", "https://radio.example/cover.jpg")
    assert shown(station, words) == ("default", False)
    assert titled_requests() == []
    assert Artwork.objects.get().status == Artwork.Status.WAITING
    Artwork.objects.update(created_at=timezone.now() - titling.COVER_PATIENCE)
    shown(station, words)
    assert titled_requests() == ["default"]


def test_an_older_compilers_rendition_is_shown_until_todays_is_ready(station):
    loop = make_loop("loop")
    older = make_rendition(loop, content_key="by an older compiler")
    default(station, loop)
    TitleDesign.objects.all().delete()
    assert shown(station) == ("loop", False)
    today = Rendition.objects.get(content_key=content_key(loop, station.profile))
    assert picture_for(station=station, track_key=KEY, song_id="").rendition == older
    finish()
    assert picture_for(station=station, track_key=KEY, song_id="").rendition == today


def test_an_older_rendition_goes_on_when_todays_cannot_be_made(station):
    loop = make_loop("loop")
    older = make_rendition(loop, content_key="by an older compiler")
    make_rendition(loop, status=Rendition.Status.FAILED)
    default(station, loop)
    assert picture_for(station=station, track_key=KEY, song_id="").rendition == older
    assert cue_loop(station=station, loop=loop, held=False).rendition == older


def test_the_track_on_air_gets_its_title_as_one_more_cue(station):
    make_mapping(station, ready("mapped"), KEY)
    cue = cue_change(change=change(station))
    assert better_cue(station=station) is None
    finish()
    better = better_cue(station=station)
    assert better is not None
    assert (better.change, better.loop, better.reason) == (cue.change, cue.loop, cue.reason)
    assert better.rendition is not None
    assert better.rendition.card is not None
    assert better_cue(station=station) is None


def test_a_held_loop_bears_the_title_of_the_track_and_not_of_a_jingle_over_it(station):
    cue_change(change=change(station))
    cue_loop(station=station, loop=ready("held"), held=True)
    change(station, title="Ident", track_key="ana - ident", dedupe_key="sh:2", is_jingle=True)
    better_cue(station=station)
    finish()
    better = better_cue(station=station)
    assert better is not None
    assert better.rendition is not None
    assert better.rendition.card == card_for(station=station, words=WORDS)


def test_a_changed_design_keeps_the_old_title_until_the_new_one_is_ready(station):
    make_mapping(station, ready("mapped"), KEY)
    shown(station)
    finish()
    cue_change(change=change(station))
    TitleDesign.objects.update(theme="light")
    assert better_cue(station=station) is None
    finish()
    better = better_cue(station=station)
    assert better is not None
    assert better.rendition is not None
    assert better.rendition.card == card_for(station=station, words=WORDS)


def test_titles_turned_off_leave_the_track_on_air_too(station):
    make_mapping(station, ready("mapped"), KEY)
    shown(station)
    finish()
    assert cue_change(change=change(station)).rendition.card is not None
    TitleDesign.objects.update(enabled=False)
    better = better_cue(station=station)
    assert better is not None
    assert better.rendition is not None
    assert better.rendition.card is None


def test_a_loop_mapped_anew_waits_for_its_next_track(station):
    make_mapping(station, ready("mapped"), KEY).delete()
    mapping = make_mapping(station, ready("first"), KEY)
    cue_change(change=change(station))
    mapping.loop = ready("second")
    mapping.save()
    assert better_cue(station=station) is None


def test_todays_rendition_takes_over_on_air(station):
    TitleDesign.objects.all().delete()
    loop = make_loop("loop")
    make_rendition(loop, content_key="by an older compiler")
    default(station, loop)
    make_mapping(station, loop, KEY)
    cue_change(change=change(station))
    assert better_cue(station=station) is None
    finish()
    better = better_cue(station=station)
    assert better is not None
    assert better.rendition is not None
    assert better.rendition.content_key == content_key(loop, station.profile)


def test_a_held_loop_gets_the_title_of_the_track_on_air(station):
    change(station)
    loop = ready("held")
    cue = cue_loop(station=station, loop=loop, held=True)
    assert cue.rendition is not None
    assert cue.rendition.card is None
    finish()
    better = better_cue(station=station)
    assert better is not None
    assert better.rendition is not None
    assert (better.loop, better.reason, better.change) == (loop, Cue.Reason.HELD, None)
    assert better.rendition.card is not None


def test_a_playlists_track_that_went_on_air_bare_gets_its_title(station):
    default(station, ready("default"))
    moved = change(station, origin="playlist", payload={"track": {"entry": "1"}}, cued_at=timezone.now())
    make_airing(station, "Blue", change=moved, titled=False)
    assert better_cue(station=station) is None
    finish()
    better = better_cue(station=station)
    assert better is not None
    assert better.change == moved
    assert better.rendition is not None
    assert better.rendition.card is not None
    assert better_cue(station=station) is None


def test_a_cue_of_a_track_the_playlist_left_behind_is_not_made_better(station):
    make_mapping(station, ready("mapped"), KEY)
    cue_change(change=change(station))
    moved = change(station, dedupe_key="run:2", origin="playlist", track_key="other - song", cued_at=timezone.now())
    make_airing(station, "Song", change=moved, titled=None)
    finish()
    assert better_cue(station=station) is None
