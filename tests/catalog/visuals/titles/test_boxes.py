"""A title stays inside the safe area, can be read over any loop, and costs little time."""

from __future__ import annotations

import itertools
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from catalog.visuals.titles import shaping
from catalog.visuals.titles.design import DENSITY, NIGHT, PAPER, contrast, mix, palette
from catalog.visuals.titles.drawing import TEMPLATES, Design, draw
from catalog.visuals.titles.words import Words
from tests.catalog.visuals.titles import golden

POSITIONS = ("bottom_start", "bottom_end", "top_start", "top_end")
WORST = {
    "marks": "Z̴̡͈" * 1400,
    "one letter, 4 kB of marks": "Z" + "\u0335\u0321\u0348\u0489" * 1024,
    "joiners": "a\u200d\u200c" * 1400,
    "overrides": "\u202e\u2067abc\u202d" * 1000,
    "lines": "line\n\r\0\u2028" * 1000,
    "emoji": "👨‍👩‍👧‍👦" * 600,
    "all scripts": "aяωعשक漢あ한ไ🎵" * 400,
    "stacked": "က္က္က္က္ខ្ម្ម្ម្" * 300,
    "brackets": "([{" * 1400,
    "wide": "﷽" * 4000,
    "spaces": " \u3000" * 4000,
}


@pytest.mark.parametrize("text", WORST.values(), ids=WORST)
@pytest.mark.parametrize("template", TEMPLATES)
def test_the_worst_words_are_drawn_within_a_second(template, text):
    shaping.shape.cache_clear()
    begun = time.process_time()
    draw(Design(template=template), Words(text, text, text), (1280, 720), golden.cover())
    assert time.process_time() - begun < 1.0


@pytest.mark.whole
@pytest.mark.parametrize("text", [*WORST.values(), "A long title that goes on " * 9, "gjpqy ÅÇ"], ids=range(13))
@pytest.mark.parametrize("template", TEMPLATES)
def test_words_never_leave_the_safe_area(template, text):
    for position, size in itertools.product(POSITIONS, [(1280, 720), (360, 640)]):
        design = Design(template=template, position=position, accent="#ffffff", safe_percent=10)
        card = np.asarray(draw(design, Words(text, text, text), size))
        written = (card[:, :, :3].min(axis=2) > 120) & (card[:, :, 3] > 60)
        across, down = size[0] // 10, size[1] // 10
        written[down : size[1] - down, across : size[0] - across] = False
        assert not written.any(), f"{position} at {size}: {np.argwhere(written)[:3]}"


@pytest.mark.parametrize("accent", ["#f2a33a", "#000000", "#ffffff", "#ff0000", "#0000ff", "#7f7f7f", "#00ff88"])
@pytest.mark.parametrize(("theme", "ground", "loop"), [("dark", NIGHT, (255, 255, 255)), ("light", PAPER, (0, 0, 0))])
def test_words_can_be_read_over_the_worst_loop(theme, ground, loop, accent):
    colours = palette(Design(theme=theme, accent=accent))
    behind = mix(loop, ground, DENSITY)
    assert min(contrast(c, behind) for c in (colours.ink, colours.soft, colours.signal)) >= 4.5


@pytest.mark.parametrize("theme", golden.THEMES)
@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("position", POSITIONS)
def test_the_ground_is_dense_behind_every_letter(template, theme, position):
    design = Design(template=template, theme=theme, position=position)
    ink = np.array(palette(design).ink)
    card = np.asarray(draw(design, Words("Nina Simone", "Feeling Good", "Night FM"), (1280, 720)))
    rows = np.argwhere((np.abs(card[:, :, :3].astype(int) - ink).max(axis=2) < 3) & (card[:, :, 3] > 250))
    top, left = rows.min(axis=0)
    bottom, right = rows.max(axis=0)
    assert card[top:bottom, left:right, 3].min() >= int(255 * DENSITY) - 1


def test_arabic_starts_at_the_right_and_latin_at_the_left():
    def middle(words):
        card = draw(Design(template="corner_card"), words, (1280, 720))
        return np.argwhere(np.asarray(card.getchannel("A")))[:, 1].mean()

    assert middle(golden.LINES["latin"]) < 640 < middle(golden.LINES["arabic"])


def test_nothing_is_drawn_where_nothing_is_known():
    assert draw(Design(), Words("", "\n", "Night FM"), (640, 360)).getbbox() is None


def test_an_artist_alone_takes_the_titles_place():
    assert draw(Design(), Words("Ana", "", "S"), (640, 360)) == draw(Design(), Words("", "Ana", "S"), (640, 360))


def test_without_cover_and_station_only_the_words_are_left():
    design = Design(show_cover=False, show_station=False)
    words = golden.LINES["latin"]
    bare = draw(design, words, (640, 360), golden.cover())
    assert bare == draw(design, Words(words.artist, words.title, "Another"), (640, 360))
    assert bare != draw(Design(), words, (640, 360), golden.cover())


def test_a_card_has_the_size_of_its_profile():
    for size in [(1920, 1080), (1080, 1920), (640, 480), (320, 180)]:
        card = draw(Design(template="full_card"), golden.LINES["cjk"], size, Image.new("RGB", (40, 40), "red"))
        assert (card.mode, card.size) == ("RGBA", size)


def test_threads_draw_what_one_alone_draws():
    lines = list(golden.LINES.values())
    alone = [draw(Design(), words, (640, 360), golden.cover()).tobytes() for words in lines]
    shaping.shape.cache_clear()
    with ThreadPoolExecutor(max_workers=6) as pool:
        jobs = [pool.submit(draw, Design(), words, (640, 360), golden.cover()) for words in lines * 6]
    assert [job.result().tobytes() for job in jobs] == alone * 6
