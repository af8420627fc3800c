"""Icecast's status page is read whatever its stylesheet makes of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from streaming.sources.errors import NotJsonError
from streaming.sources.icecast import Mount, choose, mounts

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NO_SOURCE = (
    '{"icestats":{"admin":"a@b.c","host":"localhost","location":"loc","server_id":"Icecast 2.4.4",'
    '"server_start":"Sat, 21 Nov 2026 08:20:05 +0000","server_start_iso8601":"2026-11-21T08:20:05+0000","dummy":null}}'
)


def source(title: str = '"Ana - Blue"', mount: str = "/radio.mp3", extra: str = "") -> str:
    """A source as the stylesheet writes it; ``title`` and ``extra`` are raw."""
    return (
        '{"genre":"Pop","listener_peak":0,"listeners":0,'
        f'"listenurl":"http://localhost:38000{mount}","server_description":"Unspecified description",'
        '"server_name":"Test Radio","server_type":"audio/mpeg","stream_start":"Sat, 21 Nov 2026 08:20:07 +0000",'
        f'"stream_start_iso8601":"2026-11-21T08:20:07+0000","title":{title},{extra}"dummy":null}}'
    )


def page(sources: str) -> bytes:
    return (NO_SOURCE.replace('"dummy"', f'"source":{sources},"dummy"')).encode()


def playing(raw: bytes) -> tuple[str, str] | None:
    """What the only mount of a page says."""
    (mount,) = mounts(raw)
    report = mount.report(NOW)
    return (report.artist, report.title) if report else None


def test_a_page_without_a_source_has_no_mount():
    assert mounts(NO_SOURCE.encode()) == []


def test_a_server_in_its_first_moments_has_no_mount():
    """As seen on a real one that had been up for some milliseconds."""
    started = '"server_start":"Sat, 21 Nov 2026 12:27:10 +0000","server_start_iso8601":"2026-11-21T12:27:10+0000"'
    assert mounts(f'{{"icestats":{started},"dummy":null}}}}'.encode()) == []


def test_one_source_is_an_object():
    assert playing(page(source())) == ("Ana", "Blue")


def test_several_sources_are_a_list():
    found = mounts(page(f"[{source(mount='/a.mp3')},{source(mount='/b.mp3')}]"))
    assert [mount.path for mount in found] == ["/a.mp3", "/b.mp3"]


def test_a_source_that_has_said_no_title_yet_says_nothing():
    assert playing(page(source().replace('"title":"Ana - Blue",', ""))) is None


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("1999", "1999"),
        ("true", "true"),
        ("false", "false"),
        ("1e5", "1e5"),
        ("-5", "-5"),
        ("1.50", "1.50"),
        ('"007"', "007"),
        ('"Foo -"', "Foo -"),
    ],
)
def test_a_title_that_became_a_number_or_a_truth_is_a_text_again(raw: str, title: str):
    (mount,) = mounts(page(source(raw)))
    assert mount.title == title
    assert mount.report(NOW) is not None


@pytest.mark.parametrize("raw", ['""', "null"])
def test_an_empty_title_says_nothing(raw: str):
    assert playing(page(source(raw))) is None


@pytest.mark.parametrize(("raw", "said"), [("-", None), (" - ", None), (".5", ("", ".5")), ("1.", ("", "1."))])
def test_a_title_that_breaks_the_page_is_repaired(raw: str, said: tuple[str, str] | None):
    assert playing(page(source(raw))) == said


def test_a_title_that_breaks_the_page_leaves_the_other_sources_whole():
    found = mounts(page(f"[{source('-', '/a.mp3')},{source('1999', '/b.mp3')},{source(mount='/c.mp3')}]"))
    assert [mount.title for mount in found] == ["-", "1999", "Ana - Blue"]


@pytest.mark.parametrize("control", ["\x00", "\x01", "\x1f", "\n", "\t"])
def test_control_characters_do_not_break_it(control: str):
    (said,) = [playing(page(source(f'"Ana{control} - Bl{control}ue"')))]
    assert said is not None
    assert said[0].strip() == "Ana"


def test_utf_8_that_was_encoded_twice_is_read_as_it_was_meant():
    twice = "Beyoncé \u2013 Halo - x".encode().decode("latin-1")
    assert playing(page(source(json.dumps(twice, ensure_ascii=False)))) == ("Beyoncé \u2013 Halo", "x")


def test_html_entities_are_read():
    assert playing(page(source('"Beyoncé &#8211; Halo - x"'))) == ("Beyoncé \u2013 Halo", "x")


def test_a_page_in_latin_1_is_read():
    assert playing(page(source('"Beyoncé - Halo"')).decode().encode("latin-1")) == ("Beyoncé", "Halo")


def test_an_ogg_mount_says_artist_and_title_apart():
    assert playing(page(source('"Blue - Remix"', extra='"artist":"Ana - Lee",'))) == ("Ana - Lee", "Blue - Remix")


def test_icecast_kh_says_more_and_is_read():
    extra = (
        '"audio_info":"bitrate=128","banned_IPs":0,"build":20200703,"outgoing_kbitrate":128.5,'
        '"stream_kbytes_read":1234,"stream_kbytes_sent":4321,"yp_currently_playing":"Ana - Blue","ice-bitrate":128,'
    )
    assert playing(page(source('""', extra=extra))) == ("Ana", "Blue")


@pytest.mark.parametrize(
    "body", [b"", b"<html>404</html>", b'{"icestats":{"host":"x",', b"[]", b"null", b"[" * 100_000]
)
def test_what_is_no_status_page_is_said_to_be_none(body: bytes):
    with pytest.raises(NotJsonError):
        mounts(body)


def test_the_stations_own_mount_is_taken():
    found = [Mount("/a.mp3", "", "A"), Mount("/b.mp3", "", "B")]
    assert choose(found, "/b.mp3") == found[1]
    assert choose(found, "/c.mp3") is None
    assert choose(found[:1], "/listen/behind/a/proxy") == found[0]
    assert choose([], "/a.mp3") is None
