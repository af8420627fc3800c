"""What a station's encoder should be, read from the database."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile

from catalog.models import Rendition, Track
from streaming.nodes import spec
from streaming.outputs.services import add_destination, set_enabled
from streaming.stations.services import set_playlist
from tests.factories import make_loop, make_mapping, make_rendition, make_slate, make_station

pytestmark = pytest.mark.django_db


@pytest.fixture
def slate():
    return make_slate()


@pytest.fixture
def station(slate):
    return make_station(source_kind="icecast", audio_url="http://radio.example/live")


def make_track(title: str, content: bytes = b"sound") -> Track:
    track = Track(artist="Own", title=title, sha256=title, codec="mp3", duration_ms=1000, size=len(content))
    track.file.save(f"{title}.mp3", ContentFile(content))
    return track


def test_format_and_preview_follow_from_the_station(station, home):
    wanted, left_out = spec.wanted_for(station)
    assert wanted.video == {"width": 1280, "height": 720, "frame_rate": 30}
    assert wanted.audio == {"sample_rate": 48000, "channels": 2, "bitrate": 160000}
    assert wanted.outputs == ({"id": "preview", "kind": "hls", "folder": str(home.hls / "night-fm")},)
    assert left_out == []


@pytest.mark.parametrize("kind", ["icecast", "azuracast"])
def test_titles_in_the_sound_are_asked_for(station, kind):
    station.source_kind = kind
    expected = {"kind": "radio", "url": "http://radio.example/live", "titles": True}
    assert spec.wanted_for(station)[0].source == expected


def test_without_a_sound_there_is_silence(station):
    station.audio_url = ""
    assert spec.wanted_for(station)[0].source == {"kind": "silence"}
    station.source_kind = "playlist"
    assert spec.wanted_for(station)[0].source == {"kind": "silence"}


def test_it_begins_with_the_default_loop_else_the_slate(station, slate):
    assert spec.wanted_for(station)[0].picture["id"] == str(slate.pk)
    rendition = make_rendition(make_loop("Default"))
    station.default_loop = rendition.loop
    station.save()
    wanted, _ = spec.wanted_for(station)
    assert (wanted.picture["id"], wanted.slate["id"]) == (str(rendition.pk), str(slate.pk))


def test_a_rendition_whose_file_is_gone_gives_way_to_the_slate(station, slate):
    rendition = make_rendition(make_loop("Default"))
    rendition.file.storage.delete(str(rendition.file.name))
    station.default_loop = rendition.loop
    station.save()
    assert spec.wanted_for(station)[0].picture["id"] == str(slate.pk)


def test_keys_are_in_the_clear_only_here_and_what_is_off_is_left_out(station):
    one = add_destination(station=station, url="rtmp://a.example/live", key="key-one-1")
    off = add_destination(station=station, url="rtmp://b.example/live", key="key-two-2")
    set_enabled(destination=off, enabled=False)
    first = spec.wanted_for(station)[0].outputs[0]
    told = {"id": str(one.pk), "kind": "rtmp", "url": "rtmp://a.example/live", "key": "key-one-1"}
    assert told.items() <= first.items()
    assert len(spec.wanted_for(station)[0].outputs) == 2


def test_a_key_that_cannot_be_read_costs_only_its_destination(station, settings):
    add_destination(station=station, url="rtmp://a.example/live", key="key-one-1", name="Main")
    settings.SECRET_KEY = "another"
    wanted, left_out = spec.wanted_for(station)
    assert [output["id"] for output in wanted.outputs] == ["preview"]
    assert left_out[0].startswith("Main is left out")


def test_a_playlist_has_its_tracks_pictures_and_names(station, slate):
    tracks = [make_track("One"), make_track("Two")]
    station.source_kind = "playlist"
    set_playlist(station=station, tracks=tracks)
    rendition = make_rendition(make_loop("Own"))
    make_mapping(station, rendition.loop, "own - two")
    source = spec.wanted_for(station)[0].source
    first, second = source["entries"]
    assert source["shuffle"] is False
    assert (first["picture"]["id"], second["picture"]["id"]) == (str(slate.pk), str(rendition.pk))
    assert second["track"]["track_key"] == "own - two"
    assert (second["track"]["loop"], second["track"]["entry"]) == (str(rendition.loop_id), second["id"])
    assert first["path"].endswith(".mp3")


def test_a_track_whose_file_is_gone_is_left_out_with_a_sentence(station):
    gone, there = make_track("Gone"), make_track("There")
    gone.file.storage.delete(str(gone.file.name))
    station.source_kind = "playlist"
    set_playlist(station=station, tracks=[gone, there])
    wanted, left_out = spec.wanted_for(station)
    assert [entry["track"]["title"] for entry in wanted.source["entries"]] == ["There"]
    assert "Own - Gone" in left_out[0]


def test_a_mapped_loop_that_is_not_compiled_is_asked_for(station):
    loop = make_loop("Own")
    make_mapping(station, loop, "own - one")
    station.source_kind = "playlist"
    set_playlist(station=station, tracks=[make_track("One")])
    spec.wanted_for(station)
    assert Rendition.objects.get(loop=loop).status == Rendition.Status.WAITING
