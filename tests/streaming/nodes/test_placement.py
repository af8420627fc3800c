"""Which machine takes which station."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from uuid import uuid4

import pytest

from streaming.nodes.placement import Machine, Needs, better_place, objection, plan, ranked, reason

A = Machine(1, "a", frozenset({"gpu"}), capacity=10, stations=5)
B = Machine(2, "b", capacity=20, stations=5)
ANY = Needs(uuid4())


@pytest.mark.parametrize(
    ("machine", "needs", "word"),
    [
        (A, ANY, ""),
        (A, Needs(uuid4(), frozenset({"gpu"})), ""),
        (B, Needs(uuid4(), frozenset({"gpu", "big"})), "lacks the labels big, gpu"),
        (B, Needs(uuid4(), pinned=1), "is not the machine it is pinned to"),
        (replace(A, draining=True), ANY, "is being drained"),
        (replace(A, stations=10), ANY, "is full (10 of 10 stations)"),
        (replace(A, capacity=0, stations=0), ANY, "is full (0 of 0 stations)"),
        (replace(A, lives=False), ANY, "is not heard of"),
    ],
)
def test_a_machine_may_have_a_station_or_not_for_a_reason(machine, needs, word):
    assert objection(machine, needs) == word


def test_a_full_machine_keeps_what_it_has():
    assert objection(replace(A, stations=10), ANY, holds=True) == ""
    assert objection(replace(A, draining=True), ANY, holds=True)


def test_the_least_loaded_by_share_goes_first():
    assert [machine.name for machine in ranked([A, B], ANY)] == ["b", "a"]
    assert [machine.name for machine in ranked([replace(A, stations=2), B], ANY)] == ["a", "b"]


def test_without_capacities_the_fewest_stations_count():
    one, other = Machine(1, "one", stations=3), Machine(2, "other", stations=2)
    assert [machine.name for machine in ranked([one, other], ANY)] == ["other", "one"]


def test_many_stations_are_spread_and_nobody_gets_more_than_fits():
    machines = [Machine(1, "one", capacity=30), Machine(2, "two", capacity=10), Machine(3, "three", capacity=10)]
    made = plan(machines, [Needs(uuid4()) for _ in range(60)])
    assert Counter(made.takers.values()) == {1: 30, 2: 10, 3: 10}
    assert len(made.refused) == 10
    assert all("one is full (30 of 30 stations)" in why for why in made.refused.values())


def test_every_machine_makes_the_same_plan_of_the_same_table():
    wanted = [Needs(uuid4()) for _ in range(20)]
    assert plan([A, B], wanted).takers == plan([B, A], reversed(wanted)).takers


def test_what_may_go_to_one_machine_only_is_placed_before_what_may_go_anywhere():
    tight = [replace(A, stations=9), replace(B, capacity=6)]
    choosy, free = Needs(uuid4(), frozenset({"gpu"})), [Needs(uuid4()) for _ in range(2)]
    made = plan(tight, [*free, choosy])
    assert made.takers[choosy.station] == A.pk
    assert len(made.refused) == 1


@pytest.mark.parametrize(
    ("machines", "needs", "words"),
    [
        ([], ANY, "No machine is registered"),
        ([A], Needs(uuid4(), pinned=9), "declared gone: pin it to another"),
        ([replace(A, lives=False)], Needs(uuid4(), pinned=1), "It is pinned to a, which is not heard of"),
        ([A, B], Needs(uuid4(), frozenset({"x"})), "a lacks the label x; b lacks the label x."),
    ],
)
def test_a_station_without_a_machine_is_told_why(machines, needs, words):
    assert words in reason(machines, needs)


def test_loads_are_evened_out_until_another_move_would_not_help():
    machines = {1: Machine(1, "one", stations=6), 2: Machine(2, "two")}
    moves = 0
    while (move := better_place(list(machines.values()))) is not None:
        moves += 1
        for pk, step in zip(move, (-1, 1), strict=True):
            machines[pk] = replace(machines[pk], stations=machines[pk].stations + step)
    assert moves == 3
    assert [machine.stations for machine in machines.values()] == [3, 3]


def test_nothing_moves_to_a_machine_that_is_drained_full_or_lost():
    for other in (Machine(2, "two", draining=True), Machine(2, "two", lives=False), Machine(2, "two", capacity=0)):
        assert better_place([Machine(1, "one", stations=6), other]) is None
