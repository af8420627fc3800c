"""Leases in the database: of two that reach for a station one gets it, and no clock of anybody decides."""

from __future__ import annotations

import ast
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.backends.signals import connection_created
from django.utils import timezone

from streaming.nodes import database, leases
from streaming.nodes.board import Board
from streaming.nodes.fence import FENCE, HELD, Fence
from streaming.nodes.listener import connect
from streaming.nodes.models import Encoder, Node
from streaming.nodes.observing import Holding
from streaming.nodes.renewing import Renewals
from streaming.stations.models import Station
from tests.factories import make_station

pytestmark = pytest.mark.django_db(transaction=True)


class Kept:
    """Stands where a keeper does, and notes what an encoder would be told."""

    def __init__(self, station):
        self.station = station.pk
        self.board = Board()
        self.told = []

    def may_send(self, until):
        self.told.append(self.board.fence.order(until))

    def hears(self):
        self.board.fence.hears(self.told[-1].number)


@pytest.fixture
def held():
    """A station held by ``one``; ``two`` is registered."""
    one, two = (Node.objects.create(name=name) for name in ("one", "two"))
    station = make_station(wanted_on_air=True)
    Encoder.objects.filter(station=station).update(node=one)
    return station, one, two


def row(station):
    return Encoder.objects.get(station=station)


def seen(station, **changed):
    found = row(station)
    gone = found.node is not None and found.node.gone_at is not None
    told = {"node": found.node_id, "serial": found.lease_serial, "fenced": found.lease_fenced, "gone": gone}
    return Holding(station.pk, **{**told, **changed})


def renew(keeper, *, name="one", leaving=False):
    thread = Renewals(name, lambda: [keeper])
    thread._leaving = leaving
    try:
        assert thread._try()
    finally:
        thread._hang_up()
    return row(Station.objects.get(pk=keeper.station))


def test_only_the_very_holder_and_serial_that_were_seen_are_taken_from(held):
    station, _, two = held
    Encoder.objects.update(lease_fenced=True, lease_serial=7)
    assert not leases.take(holding=seen(station, serial=6), node=two.pk, fenced=True)
    assert not leases.take(holding=seen(station, node=two.pk + 1), node=two.pk, fenced=True)
    assert leases.take(holding=seen(station), node=two.pk, fenced=True)
    assert (row(station).node, row(station).lease_serial, row(station).lease_fenced) == (two, 8, True)


def test_one_without_a_deadline_is_not_taken_whatever_was_seen(held):
    station, _, two = held
    assert not leases.take(holding=seen(station, fenced=True), node=two.pk, fenced=True)


def test_one_declared_gone_loses_all_and_only_while_it_is(held):
    station, one, two = held
    assert not leases.take(holding=seen(station, gone=True), node=two.pk, fenced=True)
    Node.objects.filter(pk=one.pk).update(gone_at=timezone.now())
    assert leases.take(holding=seen(station), node=two.pk, fenced=True)


def test_of_many_takers_one_gets_it(held):
    station, _, _ = held
    Encoder.objects.update(lease_fenced=True)
    takers = [Node.objects.create(name=f"taker-{number}") for number in range(6)]
    holding, start, took = seen(station), threading.Barrier(6), []

    def reach(node):
        start.wait()
        took.append(leases.take(holding=holding, node=node.pk, fenced=True))
        connection.close()

    threads = [threading.Thread(target=reach, args=(node,)) for node in takers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(took) == [False] * 5 + [True]


def test_a_renewal_makes_what_was_seen_worthless(held):
    station, _, two = held
    Encoder.objects.update(lease_fenced=True)
    before = seen(station)
    renew(Kept(station))
    assert not leases.take(holding=before, node=two.pk, fenced=True)


def test_a_station_is_fenced_only_after_its_encoder_has_heard_a_deadline(held):
    station, _, _ = held
    kept = Kept(station)
    assert not renew(kept).lease_fenced
    assert kept.told[-1].until is not None
    assert not renew(kept).lease_fenced
    kept.hears()
    assert renew(kept).lease_fenced


def test_a_deadline_is_counted_from_before_the_renewal_was_sent(held, monkeypatch):
    station, _, _ = held
    clock = iter([100.0, 500.0])
    monkeypatch.setattr("streaming.nodes.boottime.now", lambda: next(clock))
    kept = Kept(station)
    renew(kept)
    assert kept.told[-1].until == 100.0 + FENCE


@pytest.mark.parametrize("why", ["alone", "pinned", "leaving"])
def test_the_row_says_unfenced_before_the_encoder_is_told_so(held, why):
    station, one, two = held
    kept = Kept(station)
    renew(kept)
    kept.hears()
    assert renew(kept).lease_fenced
    if why == "alone":
        Node.objects.filter(pk=two.pk).update(gone_at=timezone.now())
    elif why == "pinned":
        Station.objects.update(pinned_node=one)
    orders = len(kept.told)
    assert not renew(kept, leaving=why == "leaving").lease_fenced
    assert [order.until for order in kept.told[orders:]] == [None]


def test_one_pinned_to_another_machine_may_be_taken_by_it(held):
    station, _, two = held
    Station.objects.update(pinned_node=two)
    kept = Kept(station)
    renew(kept)
    kept.hears()
    assert renew(kept).lease_fenced


def test_who_lost_a_station_renews_nothing_and_tells_nothing(held):
    station, _, two = held
    Encoder.objects.update(node=two, lease_serial=3)
    kept = Kept(station)
    renew(kept)
    assert (row(station).lease_serial, kept.told) == (3, [])


def test_a_row_that_somebody_holds_locked_keeps_nobody_waiting(held):
    station, one, _ = held
    other = make_station("day-fm", wanted_on_air=True)
    Encoder.objects.filter(station=other).update(node=one)
    first, second = Kept(station), Kept(other)
    with connect() as link, link.transaction():
        link.execute("SELECT 1 FROM streaming_encoder WHERE station_id = %s FOR UPDATE", [station.pk])
        both: list[Any] = [first, second]
        thread = Renewals("one", lambda: both)
        assert thread._try()
        thread._hang_up()
    assert (len(first.told), len(second.told)) == (0, 1)


def test_a_locked_row_is_not_waited_for_by_who_would_take_it(held):
    station, _, two = held
    Encoder.objects.update(lease_fenced=True)
    holding = seen(station)
    with connect() as link, link.transaction():
        link.execute("SELECT 1 FROM streaming_encoder WHERE station_id = %s FOR UPDATE", [station.pk])
        assert not leases.take(holding=holding, node=two.pk, fenced=True)
    assert leases.take(holding=holding, node=two.pk, fenced=True)


def test_a_session_that_freezes_in_the_middle_of_a_transaction_is_ended(held, monkeypatch):
    station, _, _ = held
    monkeypatch.setattr(database, "LEAVE_NOTHING_LOCKED", database.LEAVE_NOTHING_LOCKED.replace("'5s'", "'200ms'"))
    database.leave_nothing_locked()
    connection.close()
    with pytest.raises(DatabaseError):
        _write_and_freeze(station, 1.0)
    connection_created.disconnect(dispatch_uid="streaming.nodes.database")
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # what was set stays with the session, for the next test
    assert row(station).pid is None


def _write_and_freeze(station, seconds):
    with transaction.atomic():
        Encoder.objects.filter(station=station).update(pid=1)
        time.sleep(seconds)
        Encoder.objects.filter(station=station).update(pid=2)


def test_a_lease_that_was_let_go_or_handed_on_is_nobodys_mistake(held):
    station, one, two = held
    Encoder.objects.update(handover_to=two, handover_ready=False)
    assert not leases.hand(station=station.pk, node=one, to=two.pk)
    Encoder.objects.update(handover_ready=True)
    assert leases.hand(station=station.pk, node=one, to=two.pk)
    assert (row(station).node, row(station).handover_to, row(station).lease_fenced) == (two, None, True)
    leases.release(station=station.pk, node=one)
    assert row(station).node == two
    leases.release(station=station.pk, node=two)
    assert (row(station).node, row(station).lease_fenced) == (None, False)


def test_orders_that_were_lifted_do_not_count_as_heard():
    fence, told = Fence(), []
    first = fence.order(HELD)
    for step in (
        lambda: fence.hears(first.number),
        lambda: fence.order(None),
        lambda: fence.hears(first.number),
        lambda: fence.order(50.0),
        lambda: fence.hears(first.number + 2),
    ):
        step()
        told.append(fence.told)
    assert told == [True, False, False, False, True]


@pytest.mark.parametrize("name", ["observing", "fence", "leash", "renewing", "taking", "handing", "placement"])
def test_no_decision_about_a_lease_asks_a_clock_that_can_be_set(name):
    """By construction: what decides about leases imports neither dates nor Django's clock, and never asks for the time.

    ``time.monotonic`` only paces; ``handing`` stamps a sentence for people.
    """
    tree = ast.parse((Path(leases.__file__).parent / f"{name}.py").read_text())
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    allowed = {"timezone"} if name == "handing" else set()
    assert not names & {"time_ns", "datetime", "timezone", "Now", "utcnow", "today"} - allowed
    asked = [
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "time"
    ]
    assert set(asked) <= {"monotonic"}
