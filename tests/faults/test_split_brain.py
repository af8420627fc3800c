"""No two encoders ever send one station: machines die, freeze, lose the database. Real engines and packets (T26)."""

from __future__ import annotations

import signal
import time

import pytest

from streaming.nodes.fence import FENCE
from tests.streaming.nodes.broadcast import broadcast
from tests.streaming.nodes.conftest import home
from tests.streaming.nodes.stage import until

__all__ = ["broadcast", "home"]
pytestmark = pytest.mark.slow
TAKEN_OVER = 15.0
NEVER = 0.0


@pytest.fixture
def pair(broadcast):
    """Two machines, and a station on air at one of them; others may take it once its lease is over."""
    broadcast.machines.add("one")
    broadcast.machines.add("two")
    station = broadcast.station()
    broadcast.on_air(station)
    broadcast.fenced(station)
    return broadcast, station


def other_than(broadcast, machine):
    return next(one for one in (broadcast.machines[0], broadcast.machines[1]) if one is not machine)


def taken_over(broadcast, station, since):
    """Wait until the station is on air at the next machine; return the seconds without pictures since then."""
    publish = broadcast.ingest.wait_for(station.slug, count=len(broadcast.ingest.of(station.slug)) + 1, within=40)
    return publish.first_media - since


@pytest.mark.long
def test_t26_a_machine_that_loses_its_power_is_replaced_within_fifteen_seconds(pair, figures):
    broadcast, station = pair
    lost = broadcast.holder(station)
    lost.die()
    took = taken_over(broadcast, station, time.time())
    figures("T26", "power cut: on air elsewhere after", took, "s", at_most=TAKEN_OVER)
    figures("T26", "power cut: two publishers for", broadcast.overlap(), "s", at_most=NEVER)
    assert broadcast.holder(station) is other_than(broadcast, lost)


@pytest.mark.long
def test_t26_a_killed_node_leaves_an_encoder_that_ends_before_anybody_takes_over(pair, figures):
    broadcast, station = pair
    lost = broadcast.holder(station)
    lost.signal(signal.SIGKILL)
    took = taken_over(broadcast, station, time.time())
    figures("T26", "node killed, encoder alive: on air elsewhere after", took, "s", at_most=TAKEN_OVER)
    figures("T26", "node killed, encoder alive: two publishers for", broadcast.overlap(), "s", at_most=NEVER)
    lost.start().registered()
    until(lambda: not lost.encoders(), "the end of the old encoder")
    assert broadcast.holder(station) is other_than(broadcast, lost)


@pytest.mark.whole
def test_t26_a_frozen_machine_that_wakes_up_late_sends_nothing_more(pair, figures):
    broadcast, station = pair
    lost = broadcast.holder(station)
    lost.signal(signal.SIGSTOP, encoders=True)
    froze = time.time()
    took = taken_over(broadcast, station, froze)
    figures("T26", "machine frozen: on air elsewhere after", took, "s", at_most=TAKEN_OVER)
    lost.signal(signal.SIGCONT, encoders=True)
    until(lambda: not lost.encoders(), "the end of the old encoder")
    broadcast.flows(station)
    figures("T26", "machine frozen and awake again: two publishers for", broadcast.overlap(), "s", at_most=NEVER)


def test_t26_a_machine_cut_off_from_the_database_stops_before_its_station_is_taken(pair, figures):
    broadcast, station = pair
    lost = broadcast.holder(station)
    cut = time.time()
    lost.proxy.swallow()
    took = taken_over(broadcast, station, cut)
    first = broadcast.ingest.of(station.slug)[-2]
    figures("T26", "cut off: stopped after", first.last_media - cut, "s", at_most=FENCE + 0.5)
    figures("T26", "cut off: on air elsewhere after", took, "s", at_most=TAKEN_OVER)
    lost.proxy.release()
    until(lambda: not lost.encoders(), "the end of the old encoder")
    figures("T26", "cut off and back: two publishers for", broadcast.overlap(), "s", at_most=NEVER)
