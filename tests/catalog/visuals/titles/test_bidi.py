"""Letters of mixed directions stand in the order that Unicode wants."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.visuals.titles.bidi import is_rtl, levels, visual

CASES = [line for line in (Path(__file__).parent / "bidi_cases.txt").read_text().splitlines() if line[0] != "#"]


def test_unicodes_own_cases_hold():
    wrong = []
    for case in CASES:
        characters, direction, wanted, order = case.split(";")
        text = "".join(chr(int(number, 16)) for number in characters.split())
        found = levels(text, rtl=direction == "1")
        order_found = visual(range(len(text)), found)
        if [found, order_found] != [[int(number) for number in part.split()] for part in (wanted, order)]:
            wrong.append(case)
    assert len(CASES) > 400
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("עברית (feat. Someone)", "(feat. Someone) תירבע"),
        ("Song (עברית)", "Song (תירבע)"),
        ("שיר 42", "42 ריש"),
        ("Track 3 – שיר", "Track 3 – ריש"),
        ("50% שלום", "םולש 50%"),
    ],
)
def test_a_mixed_title_reads_in_both_directions(text, seen):
    rtl = is_rtl(text)
    found = levels(text, rtl=bool(rtl))
    mirror = str.maketrans("()", ")(")
    parts = [char.translate(mirror) if level % 2 else char for char, level in zip(text, found, strict=True)]
    assert "".join(visual(parts, found)) == seen


def test_a_text_without_letters_has_no_direction():
    assert is_rtl("1984 – 🎵") is None
