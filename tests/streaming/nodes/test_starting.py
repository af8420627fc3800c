"""Many stations begin a few at a time, in their order, and none that hangs keeps the others waiting for long."""

from __future__ import annotations

from uuid import uuid4

import pytest

from streaming.nodes.starting import ASKS_AGAIN, LIMIT, Starts


class Clock:
    """Seconds, moved by hand."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_only_so_many_are_on_their_way_at_once_and_the_next_one_follows_in_order(clock):
    starts, stations = Starts(2, clock), [uuid4() for _ in range(5)]
    assert [starts.may(station) for station in stations] == [True, True, False, False, False]
    starts.over(stations[0])
    assert [starts.may(station) for station in reversed(stations[2:])] == [False, False, True]
    starts.over(stations[1])
    assert [starts.may(station) for station in reversed(stations[3:])] == [False, True]


def test_a_start_that_hangs_gives_its_turn_on(clock):
    starts, stuck, other = Starts(1, clock), uuid4(), uuid4()
    assert starts.may(stuck)
    assert not starts.may(other)
    clock.now += LIMIT
    assert starts.may(other)


def test_who_gave_up_waiting_keeps_nobody_behind_it(clock):
    starts, on_its_way, gone, patient = Starts(1, clock), uuid4(), uuid4(), uuid4()
    assert starts.may(on_its_way)
    assert not starts.may(gone)
    assert not starts.may(patient)
    clock.now += ASKS_AGAIN
    starts.over(on_its_way)
    assert starts.may(patient)


def test_a_station_that_crashes_beside_many_on_air_begins_again_at_once(clock):
    starts, stations = Starts(2, clock), [uuid4() for _ in range(50)]
    for station in stations:
        assert starts.may(station)
        starts.over(station)
    assert starts.may(stations[7])
