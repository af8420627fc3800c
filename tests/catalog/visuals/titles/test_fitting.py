"""Titles fit: smaller, then on two lines, then ended by an ellipsis where a word or letter ends."""

from __future__ import annotations

import pytest

from catalog.visuals.titles.fitting import ELLIPSIS, Sizes, fit
from catalog.visuals.titles.fonts import Weight

SIZES = Sizes(most=44, least=28, wrapped=34)
WIDTH = 600.0


def fitted(text, *, lines=2, width=WIDTH):
    return fit(text, Weight.STRONG, width=width, sizes=SIZES, lines=lines)


def texts(found):
    return [line.text for line in found.lines]


def test_a_short_title_stays_large():
    found = fitted("Feeling Good")
    assert (texts(found), found.size) == (["Feeling Good"], 44)


def test_a_longer_title_shrinks_first():
    found = fitted("The Girl from Ipanema, Again")
    assert len(found.lines) == 1
    assert SIZES.wrapped <= found.size < SIZES.most


def test_then_it_takes_two_lines_of_about_equal_width():
    found = fitted("The Quick Brown Fox Jumps Over the Lazy Dog and Runs")
    one, two = (line.width for line in found.lines)
    assert abs(one - two) < 0.35 * max(one, two)
    assert " ".join(texts(found)) == "The Quick Brown Fox Jumps Over the Lazy Dog and Runs"


def test_then_it_ends_with_an_ellipsis_after_a_word():
    words = "Somewhere beyond the seventh river there lives a very old fox who knows every single song ever sung"
    found = fitted(words)
    assert found.is_cut
    assert found.size == SIZES.least
    said = " ".join(texts(found))
    assert said.endswith(ELLIPSIS)
    kept = said.removesuffix(ELLIPSIS)
    assert words.startswith(kept)
    assert words[len(kept)] == " "


def test_one_line_stays_one_line():
    found = fitted("An artist whose name does not end before the picture does, nor after it", lines=1)
    assert len(found.lines) == 1
    assert found.is_cut


def test_a_word_without_end_is_cut_between_letters():
    found = fitted("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2)
    assert found.is_cut
    assert found.width <= WIDTH


@pytest.mark.parametrize(
    "text",
    [
        "👨‍👩‍👧" * 60,
        "é̂" * 200,
        "می‌خواهم " * 30,
        "क्षि" * 80,
        "初恋の歌を聴きながら夜の街を歩く、遠くの灯りが揺れている" * 5,
        "عرض طويل جدا " * 20,
        "ภาษาไทยไม่มีช่องว่างระหว่างคำ" * 6,
        "x" * 240,
        "i" * 240,
        "W W W W W " * 24,
    ],
)
@pytest.mark.parametrize("width", [40.0, 173.0, 600.0])
def test_no_line_is_wider_than_its_box(text, width):
    for lines in (1, 2):
        found = fitted(text, lines=lines, width=width)
        assert found.width <= width or all(line.text == ELLIPSIS for line in found.lines)
        assert len(found.lines) <= lines


def test_an_emoji_is_never_cut_in_half():
    family = "👨‍👩‍👧"
    found = fitted(family * 60, lines=1)
    assert found.lines[0].text.removesuffix(ELLIPSIS).replace(family, "") == ""


def test_japanese_does_not_begin_a_line_with_a_full_stop():
    found = fitted("夜の街を歩くとき、遠くの灯りが揺れている。いつまでも", width=500.0)
    assert len(found.lines) == 2
    assert not texts(found)[1].startswith(("、", "。"))


def test_nothing_to_say_takes_no_line():
    assert fitted("").lines == ()


def test_what_no_font_has_is_left_out():
    assert texts(fitted("Song \U00012000\U00012001 title")) == ["Song title"]
