"""The database goes away, for one machine or for all; stations that nobody could take go on, the others wait (T26)."""

from __future__ import annotations

import time

import pytest

from streaming.nodes import services
from tests.faults.test_split_brain import NEVER
from tests.streaming.nodes.broadcast import broadcast
from tests.streaming.nodes.conftest import home
from tests.streaming.nodes.stage import until

__all__ = ["broadcast", "home"]
pytestmark = [pytest.mark.slow, pytest.mark.long]
LONGER_THAN_ANY_LEASE = 14.0


def everything_away(broadcast, seconds):
    """Cut all machines off from the database for so long."""
    for machine in broadcast.machines:
        machine.proxy.down()
    time.sleep(seconds)
    for machine in broadcast.machines:
        machine.proxy.up()


def pids(broadcast):
    return {encoder.pid for machine in broadcast.machines for encoder in machine.encoders()}


def test_t26_stations_wait_for_a_database_that_everybody_lost_and_go_on_by_themselves(broadcast, figures):
    for name in ("one", "two"):
        broadcast.machines.add(name)
    station = broadcast.station()
    pinned = broadcast.station("pinned-fm", pinned_node=broadcast.machines[0].row())
    holder, _ = broadcast.on_air(station), broadcast.on_air(pinned)
    broadcast.fenced(station)
    broadcast.fenced(pinned, fenced=False)
    encoders, cut = pids(broadcast), time.time()
    everything_away(broadcast, LONGER_THAN_ANY_LEASE)
    back = time.time()
    stopped = broadcast.ingest.of(station.slug)[0].last_media - cut
    broadcast.flows(station)
    figures("T26", "database lost by all: stopped after", stopped, "s", at_most=9.5)
    figures("T26", "database back: on air after", broadcast.last(station) - back, "s", at_most=10)
    assert broadcast.holder(station) is holder
    assert pids(broadcast) == encoders
    assert len(broadcast.ingest.of(pinned.slug)) == 1
    figures("T26", "database lost by all: two publishers for", broadcast.overlap(), "s", at_most=NEVER)


def test_t26_the_only_machine_goes_on_without_a_database_and_gives_up_nothing(broadcast, figures):
    only = broadcast.machines.add("one")
    station = broadcast.station()
    broadcast.on_air(station)
    encoders = pids(broadcast)
    everything_away(broadcast, LONGER_THAN_ANY_LEASE)
    until(lambda: broadcast.row(station).frame > 300, "its statistics")
    assert len(broadcast.ingest.of(station.slug)) == 1
    assert pids(broadcast) == encoders
    longest = broadcast.ingest.of(station.slug)[0].egress.video.largest_step
    figures("T26", "one machine, database lost: largest step of the pictures", longest, "ms", at_most=100)
    # A second machine comes: from now on the first has a deadline; before that it may not be taken by timeout.
    only.proxy.down()
    only.node.kill()
    second = broadcast.machines.add("two")
    time.sleep(LONGER_THAN_ANY_LEASE)
    broadcast.flows(station)
    assert broadcast.holder(station) is only
    # The operator's word is what it takes.
    only.die()
    services.declare_gone(node=only.row())
    broadcast.ingest.wait_for(station.slug, count=2, within=15)
    assert broadcast.holder(station) is second
    broadcast.fenced(station, fenced=False)
    figures("T26", "declared gone: two publishers for", broadcast.overlap(), "s", at_most=NEVER)


def test_t26_a_second_machine_makes_leases_count_and_its_leaving_ends_that(broadcast):
    broadcast.machines.add("one")
    station = broadcast.station()
    broadcast.on_air(station)
    broadcast.fenced(station, fenced=False)
    second = broadcast.machines.add("two")
    broadcast.fenced(station)
    second.node.terminate()
    second.node.wait(10)
    until(lambda: not second.encoders(), "no encoder")
    until(lambda: _gone(second.row()), "its silence", seconds=15)
    broadcast.fenced(station, fenced=False)
    assert len(broadcast.ingest.of(station.slug)) == 1


def _gone(node):
    try:
        services.declare_gone(node=node)
    except ValueError:
        return False
    return True
