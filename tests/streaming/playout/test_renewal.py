"""When a connection is renewed: pure decisions."""

from __future__ import annotations

import pytest

from streaming.playout.outputs.renewal import Boundaries, Moment, is_due, is_last, may_return
from streaming.playout.spec import RenewSpec

HOUR = 3600
NEVER = float("inf")
TWITCH = RenewSpec(48 * HOUR, quiet_hour=4)
FACEBOOK = RenewSpec(8 * HOUR, quiet_hour=4)


def _at(hours, *, boundary=False, hour=12, gop=2.0):
    return Moment(hours * HOUR, gop, boundary, hour)


@pytest.mark.parametrize(
    ("plan", "moment", "due"),
    [
        (TWITCH, _at(35.9, boundary=True, hour=4), False),  # before the window: a quarter of 48 hours
        (TWITCH, _at(36.1, boundary=True, hour=4), True),
        (TWITCH, _at(36.1, boundary=False, hour=4), False),
        (TWITCH, _at(36.1, boundary=True, hour=5), False),
        (TWITCH, _at(46.9, boundary=True, hour=9), True),  # the last tenth of the window
        (TWITCH, _at(46.7, boundary=True, hour=9), False),
        (TWITCH, _at(47.9), False),
        (TWITCH, _at(48 - 31 / HOUR), True),
        (FACEBOOK, _at(5.9, boundary=True, hour=4), False),
        (FACEBOOK, _at(7.9, boundary=True), True),
        (RenewSpec(20 * 24 * HOUR, None), _at(19 * 24 - 0.1, boundary=True, hour=4), False),
        (RenewSpec(20 * 24 * HOUR, 4), _at(19 * 24 + 0.1, boundary=True, hour=4), True),
    ],
)
def test_it_is_renewed_at_the_quietest_moment_before_the_limit(plan, moment, due):
    assert is_due(plan, NEVER, moment) is due


@pytest.mark.parametrize("after_s", [10, 60, 600, 8 * HOUR, 48 * HOUR, 20 * 24 * HOUR])
@pytest.mark.parametrize("gop", [0.5, 2.0, 4.0])
@pytest.mark.parametrize("overlap", ["none", "same"])
def test_without_any_boundary_it_is_renewed_at_a_keyframe_before_the_limit_and_not_long_before(after_s, gop, overlap):
    plan = RenewSpec(after_s, 4, overlap)
    start = max(0, int((after_s - 120) / gop))
    ages = (place * gop for place in range(start, start + 10_000))
    age = next(age for age in ages if is_due(plan, NEVER, Moment(age, gop, boundary=False, hour=0)))
    assert age < after_s
    assert age >= min(after_s - 60, after_s * 0.5) - gop


def test_a_connection_that_cannot_carry_more_is_renewed_before_that_whatever_the_plan_says():
    plan = RenewSpec(20 * 24 * HOUR, 4)
    assert not is_due(plan, 10.0, Moment(6.0, 2.0, boundary=False, hour=0))
    assert is_due(plan, 10.0, Moment(8.0, 2.0, boundary=False, hour=0))


def test_an_overlap_begins_early_enough_to_be_ready_in_time():
    plan = RenewSpec(600, None, "same")
    first = next(age for age in range(0, 600, 2) if is_due(plan, NEVER, Moment(age, 2.0, boundary=False, hour=0)))
    last = next(age for age in range(0, 600, 2) if is_last(plan, NEVER, Moment(age, 2.0, boundary=False, hour=0)))
    assert last - first >= 18
    assert last + 2 <= 600


def test_from_the_backup_ingest_it_goes_back_after_a_while_at_a_boundary():
    at, anywhere = Moment(9.0, 2.0, boundary=True, hour=0), Moment(9.0, 2.0, boundary=False, hour=0)
    assert not may_return(299, at)
    assert may_return(300, at)
    assert not may_return(599, anywhere)
    assert may_return(600, anywhere)


def test_a_boundary_counts_once_when_its_time_has_come():
    boundaries = Boundaries()
    boundaries.add(5000)
    assert not boundaries.passed(4000)
    assert boundaries.passed(6000)
    assert not boundaries.passed(8000)
