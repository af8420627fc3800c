"""An operator tries a source and is told in a sentence what is there."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.sources.services import test_source as try_source
from streaming.sources.sound_format import SoundFormat, sound_format
from streaming.stations.models import Station
from tests.factories import make_station
from tests.payloads import payload
from tests.streaming.sources.radio_server import RadioServer


def mp3(kbps_index: int = 11, *, mode: int = 0, frames: int = 20) -> bytes:
    """Silent MPEG-1 layer III frames at 44.1 kHz; index 11 is 192 kbit/s."""
    kbps = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)[kbps_index]
    header = bytes([0xFF, 0xFB, kbps_index << 4, mode << 6])
    return (header + bytes(144 * kbps * 1000 // 44_100 - 4)) * frames


def adts(frames: int = 20) -> bytes:
    """AAC-LC frames of 300 bytes, 48 kHz stereo."""
    size = 300
    header = bytes([0xFF, 0xF1, 1 << 6 | 3 << 2, 2 << 6 | size >> 11, size >> 3 & 0xFF, (size & 7) << 5 | 0x1F, 0xFC])
    return (header + bytes(size - 7)) * frames


VORBIS = b"OggS" + bytes(24) + b"\x01vorbis" + struct.pack("<IBIiii", 0, 2, 44_100, 0, 128_000, 0) + bytes(4)
OPUS = b"OggS" + bytes(24) + b"OpusHead" + struct.pack("<BBHIhB", 1, 2, 312, 48_000, 0, 0) + bytes(8)
STREAMINFO = bytes(10) + (44_100 << 12 | 1 << 9 | 15 << 4).to_bytes(4, "big") + bytes(20)
FLAC = b"fLaC" + bytes(4) + STREAMINFO


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (mp3(), "192 kbit/s MP3, 44.1 kHz stereo"),
        (mp3(9, mode=3), "128 kbit/s MP3, 44.1 kHz mono"),
        (b"\xff\xfbjunk in the middle of a frame" + mp3(), "192 kbit/s MP3, 44.1 kHz stereo"),
        (adts(), "AAC, 48 kHz stereo"),
        (VORBIS, "128 kbit/s Ogg Vorbis, 44.1 kHz stereo"),
        (OPUS, "Ogg Opus, 48 kHz stereo"),
        (FLAC, "FLAC, 44.1 kHz stereo"),
        (b"OggS" + bytes(24) + b"\x7fFLAC\x01\x00\x00\x01" + FLAC, "Ogg FLAC, 44.1 kHz stereo"),
    ],
)
def test_sound_is_told_by_its_first_bytes(head: bytes, said: str):
    assert str(sound_format(head)) == said


@pytest.mark.parametrize("head", [b"", b"<html>", b"\xff" * 5000, b"OggS", b"fLaC", b"\xff\xfb", mp3(frames=1)])
def test_what_is_no_sound_is_not_taken_for_some(head: bytes):
    assert sound_format(head) is None


@given(st.binary(max_size=400))
def test_any_bytes_are_looked_at_without_harm(head: bytes):
    assert isinstance(sound_format(head), SoundFormat | None)


def station_at(radio: RadioServer, **fields: str) -> Station:
    kind = fields.pop("source_kind", Station.SourceKind.ICECAST)
    return make_station("night-fm", source_kind=kind, audio_url=f"{radio.url}/radio.mp3", **fields)


def test_a_good_source_is_described(db, radio: RadioServer):
    radio.say("/radio.mp3", mp3(), Content_Type="audio/mpeg", icy_metaint="16000")
    status = {"icestats": {"source": {"listenurl": "http://x/radio.mp3", "title": "Ana - Blue"}}}
    radio.say("/status-json.xsl", status)
    result = try_source(station=station_at(radio, metadata_url=radio.url))
    assert result.ok
    assert result.sentence == "192 kbit/s MP3, 44.1 kHz stereo, titles in the stream. Now playing: Ana - Blue."


def test_an_azuracast_is_described_from_behind_a_redirect(db, radio: RadioServer):
    radio.say("/radio.mp3", b"", status=302, Location="/listen/azuratest_radio/radio.mp3")
    radio.say("/listen/azuratest_radio/radio.mp3", adts())
    radio.say("/api/nowplaying/azuratest_radio", payload("azuracast/song_changed"))
    station = station_at(radio, source_kind="azuracast", metadata_url=radio.url, shortcode="azuratest_radio")
    result = try_source(station=station)
    assert result.ok
    assert result.sentence == ("AAC, 48 kHz stereo, no titles in the stream. Now playing: Chet Porter - Aluko River.")


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"", 404, "answers 404. Check it, and that the radio is on air."),
        (b"", 200, "sends no sound"),
        (b"#EXTM3U\n", 200, "is a playlist (M3U or HLS)"),
        (b"[playlist]\nFile1=x", 200, "is a playlist (PLS)"),
        (b"<!DOCTYPE html><html>", 200, "is a web page"),
        (b"plain words " * 1000, 200, "neither MP3, AAC, Ogg nor FLAC"),
    ],
)
def test_what_is_wrong_with_the_sound_is_said(db, radio: RadioServer, body: bytes, status: int, words: str):
    radio.say("/radio.mp3", body, status=status)
    result = try_source(station=station_at(radio))
    assert not result.ok
    assert words in result.sentence


def test_sound_without_its_now_playing_page_is_not_well(db, radio: RadioServer):
    radio.say("/radio.mp3", mp3())
    result = try_source(station=station_at(radio, metadata_url=radio.url))
    assert not result.ok
    assert "status-json.xsl answers 404. Check the address" in result.sentence


def test_redirects_in_a_circle_end(db, radio: RadioServer):
    radio.say("/radio.mp3", b"", status=302, Location="/radio.mp3")
    result = try_source(station=station_at(radio))
    assert "sends on more than 3 times" in result.sentence
    assert len(radio.calls) == 4


def test_a_redirect_into_the_cloud_is_not_followed(db, radio: RadioServer):
    radio.say("/radio.mp3", b"", status=302, Location="http://169.254.169.254/latest/")
    assert "does not call" in try_source(station=station_at(radio)).sentence


def test_a_station_without_an_address_is_told_so(db):
    assert "No sound URL is set" in try_source(station=make_station("a", source_kind="icecast")).sentence


def test_a_playlist_is_counted(db):
    result = try_source(station=make_station("a"))
    assert (result.ok, result.sentence) == (False, "The playlist is empty. Add tracks to it.")
