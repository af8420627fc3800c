"""The life of an encoder, decided without one."""

from __future__ import annotations

import pytest

from streaming.nodes import backoff, machine
from streaming.nodes.machine import Act, Life, State


def crash(life: Life, now: float) -> Life:
    return machine.ended(machine.spawned(life, now), now, asked=False)


def test_pauses_double_up_to_half_a_minute():
    assert [backoff.delay(n) for n in range(9)] == [0, 0.5, 1, 2, 4, 8, 16, 30, 30]
    assert backoff.delay(10_000) == 30


def test_a_wanted_station_is_started_and_an_unwanted_one_is_not():
    assert machine.next_act(Life(), wanted=True, now=0) is Act.SPAWN
    assert machine.next_act(Life(), wanted=False, now=0) is Act.NOTHING


def test_the_first_frame_puts_it_on_air():
    life = machine.progressed(machine.spawned(Life(), 1), 3)
    assert (life.state, life.since) == (State.RUNNING, 3)
    assert machine.next_act(life, wanted=True, now=4) is Act.NOTHING
    assert machine.next_act(life, wanted=False, now=4) is Act.STOP


def test_a_crash_waits_before_the_next_start():
    life = crash(Life(), 10)
    assert life.state is State.CRASHED
    assert machine.next_act(life, wanted=True, now=10.4) is Act.NOTHING
    assert machine.next_act(life, wanted=True, now=10.5) is Act.SPAWN


def test_a_restart_is_counted_when_it_happens():
    life = crash(Life(), 10)
    assert life.restarts == 0
    assert machine.spawned(life, 11).restarts == 1
    assert machine.spawned(Life(), 11).restarts == 0


def test_ten_crashes_in_a_row_end_in_failed_and_nothing_starts_it():
    life = Life()
    for at in range(10):
        assert life.state is not State.FAILED
        life = crash(life, at)
    assert life.state is State.FAILED
    assert machine.next_act(life, wanted=True, now=1e9) is Act.NOTHING


def test_an_operator_pardons_a_failed_one():
    life = Life(state=State.FAILED, failures=10, start_at=1e9)
    assert machine.next_act(machine.pardoned(life, 5), wanted=True, now=5) is Act.SPAWN


@pytest.mark.parametrize(("healthy_for", "failures"), [(59.0, 4), (60.0, 1)])
def test_a_minute_on_air_forgives_earlier_crashes(healthy_for, failures):
    life = machine.progressed(machine.spawned(Life(state=State.CRASHED, failures=3), 0), 0)
    assert machine.ended(life, healthy_for, asked=False).failures == failures


def test_forgiveness_shows_while_it_runs():
    life = machine.progressed(machine.spawned(Life(state=State.CRASHED, failures=3), 0), 0)
    assert machine.progressed(life, 59).failures == 3
    assert machine.progressed(life, 60).failures == 0


def test_an_end_that_was_asked_for_is_no_crash():
    life = machine.ended(machine.progressed(machine.spawned(Life(), 0), 1), 2, asked=True)
    assert (life.state, life.failures, life.start_at) == (State.STOPPED, 0, 0)


def test_one_that_nobody_wants_any_more_rests():
    assert machine.rested(Life(state=State.CRASHED, failures=2), 9).state is State.STOPPED
    assert machine.rested(Life(state=State.FAILED, failures=10), 9).failures == 0


def test_one_that_died_unseen_may_start_at_once_and_counts_as_crashed():
    life = machine.found_dead(Life(state=State.RUNNING), 7)
    assert life.state is State.CRASHED
    assert machine.next_act(life, wanted=True, now=7) is Act.SPAWN
    assert machine.spawned(life, 7).restarts == 1
    assert machine.found_dead(Life(state=State.FAILED, failures=10), 7).state is State.FAILED
