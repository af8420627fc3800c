"""When another machine's station may be taken, by what this machine has seen with its own clock."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from streaming.nodes.fence import FENCE
from streaming.nodes.observing import HEARD, LEASE, LONGEST_BLINK, Holding, Observed

STATION = uuid4()
HELD = Holding(STATION, node=1, serial=7, fenced=True)


def watched(*looks, observed=None):
    """Look each second; ``looks`` are rows, or None for a second without contact."""
    observed = observed or Observed()
    for second, row in enumerate(looks):
        if row is None:
            observed.outage()
        else:
            observed.look([row], float(second))
    return observed


def test_a_lease_that_stands_still_for_ten_seconds_is_over():
    assert not watched(*[HELD] * 10).may_be_taken(STATION)
    assert watched(*[HELD] * 11).may_be_taken(STATION)


def test_the_encoder_ends_before_anybody_may_take_its_station():
    assert FENCE < LEASE


@pytest.mark.parametrize(
    "moved", [replace(HELD, serial=8), replace(HELD, serial=1), replace(HELD, node=2), replace(HELD, fenced=False)]
)
def test_whatever_changes_begins_anew(moved):
    assert not watched(*[HELD] * 9, *[moved] * 5).may_be_taken(STATION)


def test_one_without_a_deadline_is_never_taken_by_timeout():
    endless = Observed()
    for second in range(100_000):
        endless.look([replace(HELD, fenced=False)], float(second))
    assert not endless.may_be_taken(STATION)


def test_one_whose_machine_is_declared_gone_is_there_at_once_deadline_or_not():
    for fenced in (True, False):
        assert watched(replace(HELD, fenced=fenced, gone=True)).may_be_taken(STATION)


def test_one_that_nobody_holds_is_there_at_once():
    assert watched(replace(HELD, node=None, fenced=False)).may_be_taken(STATION)


def test_what_was_seen_before_the_database_was_away_counts_for_nothing():
    assert not watched(*[HELD] * 9, None, *[HELD] * 9).may_be_taken(STATION)
    assert watched(*[HELD] * 9, None, *[HELD] * 11).may_be_taken(STATION)


def test_looks_that_are_too_far_apart_are_an_outage_too():
    observed = watched(*[HELD] * 5)
    observed.look([HELD], 4.0 + LONGEST_BLINK + 10)
    assert not observed.may_be_taken(STATION)


def test_a_database_that_was_started_anew_or_stands_in_for_another_begins_anew():
    observed = Observed()
    for second in range(10):
        observed.look([HELD], float(second), "first")
    observed.look([HELD], 10.0, "second")
    assert not observed.may_be_taken(STATION)


def test_how_long_it_has_been_there_to_be_taken_is_counted_from_then_on():
    observed = watched(*[HELD] * 14)
    assert observed.free_for(STATION) == 3.0
    assert watched(*[HELD] * 5).free_for(STATION) == 0.0


def test_a_machine_lives_while_its_sign_changes_whatever_the_sign_says():
    observed = Observed()
    for second in range(3):
        observed.signs([(1, second), (2, "the same")], float(second))
        observed.look([], float(second))
    assert observed.lives(1)
    observed.signs([(1, 9), (2, "the same")], HEARD)
    observed.look([], HEARD)
    assert observed.lives(1)
    assert not observed.lives(2)
    assert not observed.lives(3)
