"""T24: the wall clock jumps under an encoder. Its own time is the machine's monotonic one."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.fakes.clock import JumpingClock
from tests.fakes.ingest import FakeIngest
from tests.faults.probe import to, untouched

pytestmark = pytest.mark.peers("compiler")
HOUR = 3600


@pytest.fixture
def clock(tmp_path):
    folder = tmp_path / "clock"
    folder.mkdir()
    return JumpingClock(folder)


def test_the_jumping_clock_moves_wall_time_alone(clock):
    ask = "import time; print(time.time(), time.monotonic(), time.time_ns() / 1e9)"
    clock.jump(HOUR)
    done = subprocess.run(
        [sys.executable, "-c", ask], env=clock.environment, capture_output=True, text=True, check=True
    )
    there = list(map(float, done.stdout.split()))
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    here = list(map(float, done.stdout.split()))
    assert there[0] - here[0] == pytest.approx(HOUR, abs=10)
    assert there[2] - here[2] == pytest.approx(HOUR, abs=10)
    assert there[1] - here[1] == pytest.approx(0, abs=10)


@pytest.mark.whole
def test_t24_a_clock_that_jumps_an_hour_either_way_changes_nothing_on_air(figures, play, clock, tmp_path):
    with FakeIngest(folder=tmp_path) as ingest:
        player = play(environment=clock.environment, outputs=[to(ingest)])
        publish = ingest.wait_for("p")
        told = [player.next_statistics()["at"]]
        for jump in (HOUR, -HOUR, 0):
            clock.jump(jump)
            now = player.next_statistics()["seconds"]
            told.append(player.next_statistics(lambda e, now=now: e["seconds"] >= now + 3)["at"])
        player.stop()
        ingest.wait_until(lambda: publish.ended, 10, "the end")
    assert told[1] - told[0] > HOUR - 60, "the encoder did not see the jump"
    assert told[2] - told[1] < -HOUR
    wait = publish.egress.video.largest_wait
    figures("T24", "encoder's clock an hour on, two back, one on: longest wait for a picture", wait, "s", at_most=0.5)
    figures("T24", "publishes", len(ingest.of("p")), exactly=1)
    untouched(figures, "T24", publish, "the stream")
