"""Slow databases, jumping clocks, frozen nodes and races for a station; and hours of all of it by chance (T26)."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from streaming.nodes import services
from streaming.nodes.errors import NodeRefusedError
from tests.faults.test_split_brain import NEVER, TAKEN_OVER, pair, taken_over
from tests.streaming.nodes.broadcast import broadcast
from tests.streaming.nodes.conftest import home
from tests.streaming.nodes.stage import until

__all__ = ["broadcast", "home", "pair"]
pytestmark = [pytest.mark.slow, pytest.mark.long]
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
HOUR = 3600


def test_t26_a_node_that_freezes_alone_stops_its_encoder_nonetheless(pair, figures):
    broadcast, station = pair
    lost = broadcast.holder(station)
    lost.signal(signal.SIGSTOP)
    froze = time.time()
    took = taken_over(broadcast, station, froze)
    figures("T26", "node frozen, encoder running: on air elsewhere after", took, "s", at_most=TAKEN_OVER)
    lost.signal(signal.SIGCONT)
    until(lambda: not lost.encoders(), "the end of the old encoder")
    figures("T26", "node frozen, encoder running: two publishers for", broadcast.overlap(), "s", at_most=NEVER)


def test_t26_a_slow_database_costs_nobody_a_station(pair, figures):
    broadcast, station = pair
    holder = broadcast.holder(station)
    holder.proxy.delay(0.7)
    time.sleep(15)
    holder.proxy.delay(0)
    broadcast.flows(station)
    assert broadcast.holder(station) is holder
    assert len(broadcast.ingest.of(station.slug)) == 1
    step = broadcast.ingest.of(station.slug)[0].egress.video.largest_step
    figures("T26", "every answer of the database 1.4 s late: largest step of the pictures", step, "ms", at_most=100)


def test_t26_of_many_machines_one_takes_what_another_lost(broadcast, figures):
    first = broadcast.machines.add("one")
    stations = [broadcast.station(slug) for slug in ("a-fm", "b-fm")]
    for station in stations:
        broadcast.on_air(station)
    takers = [broadcast.machines.add(name) for name in ("two", "three")]
    for station in stations:
        broadcast.fenced(station)
    first.die()
    died = time.time()
    took = [broadcast.ingest.wait_for(one.slug, count=2, within=40).first_media - died for one in stations]
    figures("T26", "two stations lost at once: the last on air elsewhere after", max(took), "s", at_most=TAKEN_OVER)
    assert {broadcast.holder(one) for one in stations} == set(takers)
    figures("T26", "two machines reach for two stations: two publishers for", broadcast.overlap(), "s", at_most=NEVER)


@pytest.mark.skipif(not FAKETIME.exists(), reason="libfaketime is not installed (Debian: faketime)")
@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_t26_a_clock_that_jumps_gives_no_station_away(broadcast, figures, tmp_path, jump):
    clock = tmp_path / "clock"
    clock.write_text("+0")
    faked = {"LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1"}
    for name in ("one", "two"):
        broadcast.machines.add(name, **faked, FAKETIME_DONT_FAKE_MONOTONIC="1")
    station = broadcast.station()
    holder = broadcast.on_air(station)
    broadcast.fenced(station)
    clock.write_text(f"{jump:+d}")
    time.sleep(12)
    broadcast.flows(station)
    assert broadcast.holder(station) is holder
    assert len(broadcast.ingest.of(station.slug)) == 1
    step = broadcast.ingest.of(station.slug)[0].egress.video.largest_step
    figures("T26", f"both nodes' clocks jump by {jump} s: largest step of the pictures", step, "ms", at_most=100)


@pytest.mark.timeout(3600)
def test_t26_by_chance_for_many_minutes(broadcast, figures):
    """``SPLIT_BRAIN_SEED`` and ``SPLIT_BRAIN_MINUTES`` (10) repeat or lengthen a run."""
    seed = int(os.environ.get("SPLIT_BRAIN_SEED", time.time_ns() % 10**6))
    minutes = float(os.environ.get("SPLIT_BRAIN_MINUTES", "10"))
    print(f"SPLIT_BRAIN_SEED={seed}")  # noqa: T201 - to repeat the run
    chance = random.Random(seed)
    for name in ("one", "two", "three"):
        broadcast.machines.add(name)
    stations = [broadcast.station(slug) for slug in ("a-fm", "b-fm", "c-fm")]
    for station in stations:
        broadcast.on_air(station)
    end, done = time.monotonic() + minutes * 60, 0
    while time.monotonic() < end:
        _something(chance, broadcast, stations)
        done += 1
        assert broadcast.overlap() == 0, f"seed {seed}, after {done} faults"
    for machine in broadcast.machines:
        _heal(machine)
    for station in stations:
        broadcast.flows(station, within=60)
    figures(
        "T26", f"{done} faults by chance (seed {seed}): two publishers for", broadcast.overlap(), "s", at_most=NEVER
    )


def _something(chance, broadcast, stations):
    """Do something to one machine, wait, and mostly heal it."""
    machine = chance.choice(list(broadcast.machines))
    seconds = chance.uniform(0.5, 20)
    what = chance.choice(["power", "node", "freeze", "freeze node", "cut", "slow", "hand over", "blink"])
    print(f"{what} {machine.name} {seconds:.1f} s")  # noqa: T201 - the run's story
    with suppress(psutil.NoSuchProcess):
        if what == "power":
            machine.die()
        elif what == "node":
            machine.signal(signal.SIGKILL)
            machine.node.wait(10)
        elif what.startswith("freeze"):
            machine.signal(signal.SIGSTOP, encoders=what == "freeze")
        elif what == "cut":
            machine.proxy.swallow()
        elif what == "blink":
            machine.proxy.reset()
        elif what == "slow":
            machine.proxy.delay(chance.uniform(0.1, 2.0))
        else:
            with suppress(NodeRefusedError):
                services.hand_over(station=chance.choice(stations))
    time.sleep(seconds)
    if chance.random() < 0.8:
        _heal(machine)


def _heal(machine):
    machine.proxy.release()
    machine.proxy.delay(0)
    for encoder in machine.encoders():
        with suppress(psutil.NoSuchProcess):
            encoder.resume()
    if machine.node.poll() is None:
        machine.node.send_signal(signal.SIGCONT)
    else:
        machine.start()
