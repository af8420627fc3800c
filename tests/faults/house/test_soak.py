"""T20: time on air. ``manage.py soak`` watches the stations as an operator would, the platform watches what comes."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

from config.home import BASE_DIR

pytestmark = [pytest.mark.slow, pytest.mark.whole]
SECONDS_AN_HOUR = 3600
SETTLED_S = 75


def _settled(air, slug):
    """Wait until an encoder has run for so long that it has loaded and filled all it needs (seven MB in 45 s)."""
    pictures = air.live(slug).egress.video.at
    air.ingest.wait_until(lambda: len(pictures) >= SETTLED_S * 30, SETTLED_S + 60, f"{slug} settled")


def _soaked(figures, air, seconds, memory_mb, files):
    for slug in air.slugs:
        _settled(air, slug)
    publishes, began = {slug: air.live(slug) for slug in air.slugs}, time.time()
    command = [sys.executable, str(BASE_DIR / "manage.py"), "soak", "--json", "--hours", str(seconds / SECONDS_AN_HOUR)]
    environment = {**air.house.environment, "DATABASE_URL": air.house.places.database_url}
    done = subprocess.run(
        [*command, "--every", str(max(5, seconds / 60))], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode in {0, 1}, done.stderr
    told = json.loads(done.stdout)["stations"]
    hours = seconds / SECONDS_AN_HOUR
    assert [one["station"] for one in told] == sorted(air.slugs)
    what = f"{seconds} s, {len(told)} stations"
    growth = max(one["memory_mb_per_hour"] for one in told)
    figures("T20", f"{what}: memory grew by", growth * hours, "MB", at_most=memory_mb)
    figures("T20", f"{what}: open files more", max(one["descriptors_per_hour"] for one in told) * hours, at_most=files)
    figures(
        "T20", f"{what}: restarts and reconnects", sum(one["restarts"] + one["reconnects"] for one in told), exactly=0
    )
    drift = max(abs(one["drift_ms_per_hour"]) for one in told) * hours
    figures("T20", f"{what}: media time against the wall clock", drift, "ms", at_most=200)
    for slug, publish in publishes.items():
        figures("T20", f"{slug}: skew of sound and picture", publish.egress.skew_ms, "ms", at_most=80)
        air.unharmed(figures, "T20", publish, began, slug)
    return growth


@pytest.mark.timeout(500)
def test_t20_two_minutes_on_air_leave_nothing_behind(figures, air):
    """Two minutes (instead of a day): long enough for what is left at every turn, too short for slopes.

    An encoder takes some MB more over its first few transitions, and opens pipes to the process that codes them. If it
    goes on growing, the hour below tells.
    """
    _soaked(figures, air, 120, 12.0, 4)


@pytest.mark.long
@pytest.mark.timeout(5400)
def test_t20_an_hour_on_air_grows_by_less_than_a_megabyte(figures, air):
    growth = _soaked(figures, air, 3600, 1.0, 1)
    figures("T20", "3600 s: memory's slope", growth, "MB/h", at_most=1.0)
