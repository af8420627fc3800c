"""The pace follows a live source's clock, the wall clock otherwise."""

from __future__ import annotations

import pytest

from streaming.playout.backoff import Backoff
from streaming.playout.clock import CATCH_UP_LIMIT, STEER_LIMIT, Pace

RATE = 48000


def test_the_wall_clock_makes_a_second_of_samples_a_second():
    pace = Pace(RATE, 100.0)
    assert pace.due(101.0) == RATE


def test_what_was_taken_is_no_longer_due():
    pace = Pace(RATE, 0.0)
    pace.due(1.0)
    pace.take(1024)
    assert pace.due(1.0) == RATE - 1024


def test_time_until_more_is_due():
    pace = Pace(RATE, 0.0)
    assert pace.wait(4800) == pytest.approx(0.1)
    pace.due(1.0)
    assert pace.wait(4800) == 0


def test_a_clock_that_steps_back_makes_nothing_due():
    pace = Pace(RATE, 50.0)
    assert pace.due(49.0) == 0
    assert pace.due(50.0) == RATE


def test_a_suspended_machine_does_not_rush_through_the_night():
    pace = Pace(RATE, 0.0)
    assert pace.due(CATCH_UP_LIMIT + 3600) == 0


def test_a_short_standstill_is_caught_up():
    pace = Pace(RATE, 0.0)
    assert pace.due(3.0) == 3 * RATE


@pytest.mark.parametrize("speed", [0.951, 0.97, 0.999, 1.001, 1.03, 1.049])
def test_a_source_with_another_clock_is_followed_and_its_buffer_stays_near_the_target(speed):
    pace, now, level = Pace(RATE, 0.0), 0.0, 1.0
    for _ in range(600):
        now += 1.0
        level += speed
        taken = pace.due(now)
        pace.take(taken)
        level -= taken / RATE
        pace.steer(level - 1.0)
    assert pace.rate == pytest.approx(speed, abs=1e-3)
    assert 0.2 < level < 3.5  # it neither runs dry nor overfills
    if speed > 1:
        assert level - 1.0 == pytest.approx((speed - 1) / 0.02, abs=0.1)


def test_the_pace_is_never_bent_further_than_its_limit():
    pace = Pace(RATE, 0.0)
    pace.steer(1000.0)
    assert pace.rate == 1 + STEER_LIMIT
    pace.steer(None)
    assert pace.rate == 1


def test_backoff_grows_to_its_bound_and_starts_again_after_a_success():
    backoff = Backoff(first=0.5, most=4.0)
    waits = [backoff.fail() for _ in range(8)]
    assert 0.4 <= waits[0] <= 0.6
    assert all(3.2 <= wait <= 4.8 for wait in waits[4:])
    backoff.succeed()
    assert backoff.fail() <= 0.6
