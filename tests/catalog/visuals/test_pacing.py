"""Any rate to a constant one: pure arithmetic."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.visuals.inside.pacing import Pacer, repeats


def shown(times: list[Fraction], end: Fraction, rate: int = 30) -> list[int]:
    """Which picture each frame shows."""
    pacer, frames = Pacer(rate), []
    for number, at in enumerate(times):
        frames += [number - 1] * pacer.shown_until(at)
    return frames + [len(times) - 1] * pacer.shown_until_end(end)


@given(st.integers(1, 400), st.integers(0, 10**6))
def test_pictures_at_the_rate_are_each_shown_once_however_their_times_were_rounded(count, start):
    # Matroska keeps whole milliseconds.
    times = [Fraction(start) + Fraction(round(Fraction(number * 1000, 30)), 1000) for number in range(count + 1)]
    assert shown(times[:-1], times[-1]) == list(range(count))


@given(st.lists(st.fractions(Fraction(1, 1000), Fraction(3)), min_size=1, max_size=60), st.integers(1, 60))
def test_the_length_is_the_films_to_the_nearest_frame_and_order_is_kept(steps, rate):
    times = [sum(steps[:number], Fraction(0)) for number in range(len(steps) + 1)]
    frames = shown(times[:-1], times[-1], rate)
    assert len(frames) == max(1, int(times[-1] * rate + Fraction(1, 2)))
    assert frames == sorted(frames)


def test_twice_the_rate_drops_every_second_picture():
    assert shown([Fraction(n, 60) for n in range(8)], Fraction(8, 60)) == [0, 2, 4, 6]


def test_half_the_rate_shows_every_picture_twice():
    assert shown([Fraction(n, 15) for n in range(3)], Fraction(3, 15)) == [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize(
    ("frames", "times"),
    [(1, 300), (33, 10), (150, 2), (299, 2), (300, 1), (301, 1), (54000, 1)],
)
def test_a_loop_is_repeated_to_at_least_ten_seconds_and_no_more_than_needed(frames, times):
    assert repeats(frames, 30, 10) == times
