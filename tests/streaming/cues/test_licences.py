"""What may not be aired is not: loops whose licence is over or has not begun, and tracks under one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.licences.models import Licence
from catalog.models import Loop, Track
from streaming.cues.errors import LoopNotReadyError
from streaming.cues.models import Cue
from streaming.cues.prefetch import pictures_ahead
from streaming.cues.services import cue_change, cue_loop, picture_for
from streaming.nodes.improving import better_cue
from streaming.nodes.spec import wanted_for
from streaming.sources.models import TrackChange
from streaming.stations.models import PlaylistEntry, Station
from tests.factories import make_airing, make_licence, make_loop, make_mapping, make_rendition, make_slate, make_station

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places", "sent")]
KEY = "ana - blue"
DAY = timedelta(days=1)


def over(name: str = "Over") -> Licence:
    return make_licence(name, valid_until=timezone.now() - DAY)


def ready(name: str, licence: Licence | None = None) -> Loop:
    loop = make_loop(name, licence=licence)
    make_rendition(loop)
    return loop


@pytest.fixture
def station() -> Station:
    make_slate()
    return make_station(source_kind="azuracast", wanted_on_air=True, default_loop=ready("Default"))


def change(station: Station) -> TrackChange:
    return TrackChange.objects.create(
        station=station, started_at=timezone.now(), artist="Ana", title="Blue", track_key=KEY, dedupe_key="1"
    )


def shown(station: Station) -> str:
    return picture_for(station=station, track_key=KEY, song_id="").loop.name


@pytest.mark.parametrize(
    "fields",
    [
        {"valid_until": timezone.now() - DAY},
        {"valid_from": timezone.now() + DAY},
        {"consent": "withdrawn"},
        {"valid_from": timezone.now() - 3 * DAY, "valid_until": timezone.now() - DAY, "consent": "given"},
    ],
)
def test_a_mapped_loop_without_a_licence_in_force_gives_way_to_the_default(station, fields):
    make_mapping(station, ready("Rain", make_licence(**fields)), KEY)
    assert shown(station) == "Default"


def test_a_licence_in_force_and_none_at_all_are_aired(station):
    mapping = make_mapping(station, ready("Rain", make_licence(valid_until=timezone.now() + DAY)), KEY)
    assert shown(station) == "Rain"
    mapping.loop.licence = None
    mapping.loop.save()
    assert shown(station) == "Rain"


def test_a_default_or_held_loop_is_not_aired_either_and_the_slate_stands_in(station):
    licence = over()
    Loop.objects.filter(name="Default").update(licence=licence)
    assert shown(station) == "Slate"
    station.held_loop = ready("Held", licence)
    station.save()
    assert shown(station) == "Slate"


def test_an_operator_who_shows_it_is_told_why_not(station):
    with pytest.raises(LoopNotReadyError, match=r"its licence “Over” ended on .* UTC. Renew the licence") as refused:
        cue_loop(station=station, loop=ready("Rain", over()), held=False)
    assert refused.value.field == "loop"


def test_what_is_on_air_gives_way_as_soon_as_its_licence_is_over(station):
    loop = ready("Rain", make_licence(valid_until=timezone.now() + DAY))
    make_mapping(station, loop, KEY)
    assert cue_change(change=change(station)).loop.name == "Rain"
    assert better_cue(station=station) is None
    Licence.objects.update(valid_until=timezone.now())
    instead = better_cue(station=station)
    assert (instead.loop.name, instead.reason, instead.change.track_key) == ("Default", Cue.Reason.DEFAULT, KEY)
    assert better_cue(station=station) is None
    Licence.objects.update(valid_until=None)
    assert better_cue(station=station).loop.name == "Rain"


def test_a_held_loop_gives_way_to_the_track_s_own(station):
    licence = make_licence()
    make_mapping(station, ready("Rain"), KEY)
    cue_change(change=change(station))
    cue_loop(station=station, loop=ready("Held", licence), held=True)
    Licence.objects.update(consent="withdrawn")
    assert better_cue(station=station).loop.name == "Rain"


def test_a_default_loop_gives_way_before_anything_was_heard(station):
    assert better_cue(station=station) is None
    Loop.objects.filter(name="Default").update(licence=over())
    assert better_cue(station=station).loop.name == "Slate"
    assert better_cue(station=station) is None


def make_track(title: str, **fields) -> Track:
    return Track.objects.create(
        artist="Ana", title=title, sha256=title.ljust(64, "0"), codec="mp3", duration_ms=1000, size=1, **fields
    )


@pytest.fixture
def playlist(station, places):
    station.source_kind = "playlist"
    station.save()
    for position, title in enumerate(("Blue", "Green")):
        track = make_track(title, file=f"tracks/{title}.mp3")
        (places.media / "tracks").mkdir(exist_ok=True)
        (places.media / "tracks" / f"{title}.mp3").write_bytes(b"x")
        PlaylistEntry.objects.create(station=station, track=track, position=position)
    return station


def test_a_track_whose_licence_is_over_is_left_out_of_the_playlist_and_that_is_said(playlist):
    Track.objects.filter(title="Blue").update(licence=over())
    wanted, left_out = wanted_for(playlist)
    assert [entry["track"]["title"] for entry in wanted.source["entries"]] == ["Green"]
    assert any("Ana - Blue is not aired: its licence “Over” ended on" in sentence for sentence in left_out)


def test_a_playlist_s_own_picture_gives_way_too(playlist):
    loop = ready("Rain", make_licence())
    make_mapping(playlist, loop, KEY)
    entry = playlist.playlist.first()
    moved = change(playlist)
    TrackChange.objects.update(origin="playlist", payload={"track": {"entry": str(entry.pk)}})
    make_airing(playlist, change=moved, loop=loop)
    assert better_cue(station=playlist) is None
    Licence.objects.update(valid_until=timezone.now())
    assert better_cue(station=playlist).loop.name == "Default"


def test_nothing_is_made_ready_for_a_track_that_will_not_be_aired(playlist):
    make_mapping(playlist, ready("Rain"), KEY)
    assert any(rendition.loop.name == "Rain" for rendition in pictures_ahead(station=playlist))
    Track.objects.filter(title="Blue").update(licence=over())
    assert not any(rendition.loop.name == "Rain" for rendition in pictures_ahead(station=playlist))
