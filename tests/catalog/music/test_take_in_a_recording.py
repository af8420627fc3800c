"""Taking recordings in: what we play, what we refuse, and what a track is called."""

from __future__ import annotations

import random

import pytest

from catalog.music.errors import TrackRefusedError
from catalog.music.models import Track
from catalog.music.services import take_in_track, track_path
from tests.catalog.conftest import kept_files
from tests.catalog.films import film
from tests.catalog.recordings import recording

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("places")]
TAGS = {"artist": "Ana Ñúñez", "title": "Blue — 青", "album": "Night"}


@pytest.mark.parametrize(
    ("name", "codec", "options", "found"),
    [
        ("a.mp3", "libmp3lame", {}, "mp3"),
        ("a.flac", "flac", {}, "flac"),
        ("a.m4a", "aac", {}, "aac"),
        ("a.ogg", "vorbis", {"strict": "experimental"}, "vorbis"),
        ("a.opus", "libopus", {}, "opus"),
        ("a.ogg", "libopus", {}, "opus"),
    ],
)
def test_every_kind_comes_in_with_its_tags_and_length(tmp_path, name, codec, options, found):
    source = recording(tmp_path / name, codec, tags=TAGS, options=options)
    track = take_in_track(path=source, original_name=name)
    assert (track.artist, track.title, track.album) == ("Ana Ñúñez", "Blue — 青", "Night")
    assert track.codec == found
    assert track.duration_ms == pytest.approx(2000, abs=60)
    assert track_path(track).read_bytes() == source.read_bytes()


def test_what_the_sender_says_goes_before_the_tags_and_those_before_the_name(tmp_path):
    tagged = recording(tmp_path / "a.mp3", "libmp3lame", tags=TAGS)
    said = take_in_track(path=tagged, original_name="a.mp3", artist="Somebody", title="Else")
    assert (said.artist, said.title) == ("Somebody", "Else")
    bare = recording(tmp_path / "b.flac", "flac", seconds=1)
    named = take_in_track(path=bare, original_name="Nina_Simone - Sinnerman.flac")
    assert (named.artist, named.title) == ("Nina Simone", "Sinnerman")
    plain = recording(tmp_path / "c.flac", "flac", seconds=1.5)
    unknown = take_in_track(path=plain, original_name="jingle.flac")
    assert (unknown.artist, unknown.title) == ("Unknown artist", "jingle")


def test_tags_are_one_clean_line_of_bounded_length(tmp_path):
    hostile = {"artist": "<script>\x07alert(1)</script>\n\u202eevil", "title": "x" * 4096}
    track = take_in_track(path=recording(tmp_path / "a.flac", "flac", tags=hostile), original_name="a.flac")
    assert track.artist == "<script>alert(1)</script> evil"
    assert track.title == "x" * 256


def test_the_same_bytes_sent_twice_are_one_track(tmp_path, places):
    source = recording(tmp_path / "a.mp3", "libmp3lame")
    first = take_in_track(path=source, original_name="a.mp3")
    assert take_in_track(path=source, original_name="b.mp3").pk == first.pk
    assert len(kept_files(places)) == 1


def damaged(path):
    data, dice = bytearray(path.read_bytes()), random.Random(2)
    for _ in range(400):
        data[dice.randrange(len(data) // 4, len(data) - 1200)] ^= 1 << dice.randrange(8)
    path.write_bytes(data)
    return path


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


@pytest.mark.parametrize(
    ("make", "because"),
    [
        (lambda folder: cut(recording(folder / "a.flac", "flac")), "cut off"),
        (lambda folder: cut(recording(folder / "a.m4a", "aac")), "no readable index"),
        (lambda folder: damaged(recording(folder / "a.flac", "flac")), "damaged"),
        (lambda folder: damaged(recording(folder / "a.mp3", "libmp3lame")), "damaged"),
        (lambda folder: recording(folder / "a.mp3", "libmp3lame", seconds=0.1), "shorter than half a second"),
        (lambda folder: film(folder / "a.mp4", frames=3), "no sound"),
        (lambda folder: recording(folder / "a.wav", "pcm_s16le"), "not a kind of file"),
        (lambda folder: recording(folder / "a.mp4", "ac3"), "ac3"),
    ],
    ids=["cut flac", "cut m4a", "flipped flac", "flipped mp3", "too short", "a film", "wav", "ac3"],
)
def test_what_is_no_recording_of_ours_is_refused_and_nothing_stays(tmp_path, places, make, because):
    path = make(tmp_path)
    with pytest.raises(TrackRefusedError, match=because) as caught:
        take_in_track(path=path, original_name=path.name)
    assert caught.value.field == "file"
    assert not Track.objects.exists()
    assert kept_files(places) == []


@pytest.mark.parametrize(
    "content", [b"", b"just words", b"#EXTM3U\nhttp://127.0.0.1/a.mp3\n", b"[playlist]\nFile1=/etc/passwd\n"]
)
def test_texts_and_playlists_are_refused(tmp_path, places, content):
    path = tmp_path / "a.mp3"
    path.write_bytes(content)
    with pytest.raises(TrackRefusedError, match=r"empty|text|playlist"):
        take_in_track(path=path, original_name="a.mp3")
    assert kept_files(places) == []
