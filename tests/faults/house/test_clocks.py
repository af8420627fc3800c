"""T24: the wall clock of everything but the encoders jumps: web, worker, beat, node. Then summer begins."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
import redis

from config.heartbeat import BEAT_KEY
from tests.config.holder import a_home
from tests.fakes.clock import JumpingClock
from tests.fakes.ingest import FakeIngest
from tests.faults.house.air import Air
from tests.flows.house import House
from tests.plugins.daemon import free_port, wait_until

pytestmark = [pytest.mark.peers("compiler"), pytest.mark.slow, pytest.mark.whole, pytest.mark.timeout(400)]
HOUR = 3600
SUMMER = datetime(2027, 3, 28, 0, 59, 55, tzinfo=UTC)
"""Five seconds before clocks in Berlin go from two to three."""

HOURLY = "forget-cards"


@pytest.fixture
def jumping(tmp_path_factory):
    """An installation of its own with one station, whose clock can be set."""
    clock = JumpingClock(tmp_path_factory.mktemp("clock"))
    with a_home() as holder, FakeIngest() as ingest:
        house = House(holder.places, free_port())
        house.environment |= {**clock.environment, "TZ": "Europe/Berlin"}
        try:
            house.start()
            air = Air(house, ingest, tmp_path_factory.mktemp("air"))
            air.add("alpha")
            yield clock, air
        finally:
            house.process.terminate()
            house.process.wait(20)


def _tick(air):
    """What beat's task wrote last, by way of broker and worker."""
    return redis.Redis.from_url(air.house.places.redis_url).get(BEAT_KEY)


def _runs(air):
    """How often beat has sent what is due hourly; it writes that down when it ends, so it is restarted."""
    beat = air.house.part("beat")
    beat.terminate()
    beat.wait(15)
    query = "SELECT total_run_count FROM django_celery_beat_periodictask WHERE name = %s"
    return int(air.house.rows(query, HOURLY)[0][0])


def _until_ticks(air, count, what):
    """Wait until beat's task wrote so many new moments."""
    seen = {_tick(air)}

    def enough():
        seen.add(_tick(air))
        return len(seen) > count

    wait_until(enough, within=90, what=what)


def _parts(air):
    return {part: air.house.part(part).pid for part in ("web", "worker", "beat", "node")}


def test_t24_a_machine_whose_clock_jumps_stays_on_air_and_its_schedule_goes_on(figures, jumping):
    """An hour on, two back, then to the night in which summer time begins; each for long enough to be noticed."""
    clock, air = jumping
    publish, before, parts, began = air.live("alpha"), air.encoder("alpha"), _parts(air), time.time()
    moments = {"an hour on": HOUR, "an hour back": -HOUR, "into summer time": SUMMER.timestamp() - time.time()}
    for name, seconds in moments.items():
        clock.jump(seconds)
        jumped = time.time()
        _until_ticks(air, 2, f"the schedule {name}")
        figures("T24", f"clock {name}: what runs every 10 s has run twice after", time.time() - jumped, "s", at_most=60)
        air.runs_on("alpha", 10)
    restarted = sum(pid != parts[part] for part, pid in _parts(air).items())
    figures("T24", "parts restarted over all jumps", restarted, exactly=0)
    figures("T24", "encoders restarted", air.encoder("alpha")["restarts"] - before["restarts"], exactly=0)
    hourly = _runs(air)
    figures("T24", "what runs hourly has run over the two jumps ahead", hourly, "times", at_least=2, at_most=3)
    figures("T24", "publishes of the station", len(air.ingest.of("alpha")), exactly=1)
    air.unharmed(figures, "T24", publish, began, "the stream")
