"""Titles come in any shape; what is shown is clean text."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streaming.sources.titles import split_title, title_report


@pytest.mark.parametrize(
    ("line", "artist", "title"),
    [
        ("Chet Porter - Aluko River", "Chet Porter", "Aluko River"),
        ("Jay-Z - 99 Problems", "Jay-Z", "99 Problems"),
        ("A - B - C", "A", "B - C"),
        ("Only a title", "", "Only a title"),
        ("Artist - ", "Artist", ""),
        (" - Title", "", "Title"),
        ("-", "", ""),
        (" - ", "", ""),
        ("", "", ""),
        ("   ", "", ""),
        ("1999", "", "1999"),
        ("a\x00b - c\x01d", "ab", "cd"),
        ("two\nlines - one\ttab", "two lines", "one tab"),
        ("فيروز - نسّم علينا الهوى", "فيروز", "نسّم علينا الهوى"),
        ("<script>alert(1)</script> - x", "<script>alert(1)</script>", "x"),
        ("Simon &amp; Garfunkel - The Boxer", "Simon & Garfunkel", "The Boxer"),
        ("Beyoncé &#8211; Halo - x", "Beyoncé \u2013 Halo", "x"),
        ("BeyoncÃ© - Halo", "Beyoncé", "Halo"),
        ("BjÃ¶rk â\x80\x93 JÃ³ga - x", "Björk \u2013 Jóga", "x"),
        ("Ã\x89tienne - x", "Étienne", "x"),
        ("Beyoncé - Halo", "Beyoncé", "Halo"),
        ("Ã - Â", "Ã", "Â"),
        ("it's 'quoted'; - StreamUrl='x';", "it's 'quoted';", "StreamUrl='x';"),
    ],
)
def test_a_line_becomes_artist_and_title(line: str, artist: str, title: str):
    assert split_title(line) == (artist, title)


@pytest.mark.parametrize(
    ("line", "artist"),
    [
        ("Beyoncé - Halo".encode(), "Beyoncé"),
        ("Beyoncé - Halo".encode("latin-1"), "Beyoncé"),
        (b"\x93Quoted\x94 - Halo", "\u201cQuoted\u201d"),
        (b"\xff\xfe\x81 - Halo", "ÿþ\ufffd"),
    ],
)
def test_bytes_of_any_charset_become_text(line: bytes, artist: str):
    assert split_title(line) == (artist, "Halo")


def test_a_title_of_four_kilobytes_is_cut():
    assert split_title("a" * 4096 + " - " + "b" * 4000) == ("a" * 256, "b" * 256)


def test_a_report_says_when_the_sound_went_out():
    at = datetime(2026, 11, 21, 12, tzinfo=UTC)
    for moment in (at, at.timestamp()):
        report = title_report("Ana - Blue", moment)
        assert report is not None
        assert (report.artist, report.title, report.started_at, report.play) == ("Ana", "Blue", at, "")


@pytest.mark.parametrize("text", ["", " ", "-", " - ", "\x00", b""])
def test_nothing_said_is_no_report(text: str | bytes):
    assert title_report(text, 0.0) is None


@given(st.one_of(st.text(), st.binary()))
def test_any_line_gives_clean_bounded_text(line: str | bytes):
    for part in split_title(line):
        assert len(part) <= 256
        assert "\x00" not in part
        part.encode()
