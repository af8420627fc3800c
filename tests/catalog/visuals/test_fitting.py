"""How a picture is turned and sized: pure arithmetic."""

from __future__ import annotations

import gc
from fractions import Fraction

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.visuals.inside.fitting import Fitter, inner_size, turn_of
from tests.catalog.films import film, pictures

ONE = 1 << 16
SIDES = st.integers(2, 4096)


@given(SIDES, SIDES, st.sampled_from([(1280, 720), (1920, 1080), (320, 180)]))
def test_the_picture_fits_touches_two_edges_and_keeps_its_shape(width, height, box):
    inner = inner_size((width, height), box)
    assert inner[0] <= box[0]
    assert inner[1] <= box[1]
    assert inner[0] == box[0] or inner[1] == box[1]
    assert inner[0] % 2 == inner[1] % 2 == 0
    # The side that does not fill the box is right to the nearest even number of pixels.
    exact = [side * min(Fraction(box[0], width), Fraction(box[1], height)) for side in (width, height)]
    assert all(abs(got - wanted) <= 1 or got == 2 for got, wanted in zip(inner, exact, strict=True))


@pytest.mark.parametrize(
    ("matrix", "turn"),
    [
        (None, ""),
        ((ONE, 0, 0, 0, ONE, 0, 0, 0, 1 << 30), ""),
        ((0, ONE, 0, -ONE, 0, 0, 0, 0, 1 << 30), "transpose=clock"),
        ((-ONE, 0, 0, 0, -ONE, 0, 0, 0, 1 << 30), "hflip,vflip"),
        ((0, -ONE, 0, ONE, 0, 0, 0, 0, 1 << 30), "transpose=cclock"),
        ((-ONE, 0, 0, 0, ONE, 0, 0, 0, 1 << 30), "hflip"),
        ((ONE, 0, 0, 0, -ONE, 0, 0, 0, 1 << 30), "vflip"),
        ((0, ONE, 0, ONE, 0, 0, 0, 0, 1 << 30), "transpose=cclock_flip"),
        ((0, -ONE, 0, -ONE, 0, 0, 0, 0, 1 << 30), "transpose=clock_flip"),
        ((0,) * 9, ""),
    ],
)
def test_a_display_matrix_is_undone(matrix, turn):
    assert turn_of(matrix) == turn


def test_pictures_are_given_back_at_once_however_long_the_film_is(tmp_path):
    fitter = Fitter(1280, 720, padded=True)
    films = pictures(film(tmp_path / "a.mp4", frames=90, size=(1280, 720)))
    process = psutil.Process()
    gc.disable()
    try:
        for _, frame in zip(range(20), films, strict=False):
            fitter.fit(frame, Fraction(1))
        before = process.memory_info().rss
        for frame in films:
            fitter.fit(frame, Fraction(1))
        grown = process.memory_info().rss - before
    finally:
        gc.enable()
    # Seventy pictures of 1.4 MB each, twice, were 190 MB.
    assert grown < 40 * 1024**2
