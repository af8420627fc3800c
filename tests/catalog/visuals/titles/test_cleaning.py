"""Whatever a radio says becomes a line that can be drawn."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.visuals.titles.cleaning import LONGEST, MARKS, MOST_MARKS, clean_line


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("  Two\n\tlines \r\n and\u2028 more\u00a0here ", "Two lines and more here"),
        ("Nul\0 and bell\a and \x1b[31mred", "Nul and bell and [31mred"),
        ("\u202eevil\u202c \u2066iso\u2069 \u200fmark\u200e \u061cend", "evil iso mark end"),
        ("zero\u200bwidth\ufeff soft\u00adhyphen word\u2060joiner", "zerowidth softhyphen wordjoiner"),
        ("a\u200d\u200d\u200db x\u200dy", "ab xy"),
        ("e\u0301", "é"),
        ("\u0301lonely", "lonely"),
        ("\udcffbroken \ue000private", "broken private"),
        ("", ""),
        (" \0\u202e ", ""),
    ],
)
def test_what_cannot_be_read_goes(said, kept):
    assert clean_line(said) == kept


@pytest.mark.parametrize("text", ["👨‍👩‍👧", "❤️", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👋🏽", "می‌خواهم", "क्‍ष", "Tiếng Việt", "בְּרֵאשִׁית"])
def test_what_belongs_to_a_letter_stays(text):
    assert clean_line(text) == unicodedata.normalize("NFC", text)


def test_heaps_of_marks_are_taken_down():
    said = clean_line("Z" + "\u0335\u0321\u0348" * 1300 + "algo")
    assert sum(unicodedata.category(char) in MARKS for char in said) <= MOST_MARKS
    assert said[0] == "Z"
    assert said.endswith("algo")


def test_a_text_without_end_is_cut():
    assert len(clean_line("word " * 100_000)) <= LONGEST


@given(st.text(max_size=400))
def test_any_text_becomes_one_clean_line(text):
    line = clean_line(text)
    assert len(line) <= LONGEST
    assert line == line.strip()
    assert not any(unicodedata.category(char) in {"Cc", "Cs", "Co", "Zl", "Zp"} for char in line)
    assert clean_line(line) == line
