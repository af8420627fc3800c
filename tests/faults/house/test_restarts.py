"""T25 and T26: parts are restarted under load, and there are two of what there should be one of."""

from __future__ import annotations

import http.client
import signal
import subprocess
import sys
import threading
import time
from collections import Counter

import psutil
import pytest

from config.home import BASE_DIR
from tests.plugins.daemon import free_port, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.whole, pytest.mark.timeout(300)]
CLIENTS = 4
RATE = 200
PATIENCE = 30
"""Seconds a reader waits: whoever comes meanwhile is answered by the next process, which may take long to start."""


class Load:
    """Asks for pages at a steady rate over kept connections; counts the answers by what they are."""

    def __init__(self, port):
        self._port = port
        self._over = threading.Event()
        self.answers: Counter[object] = Counter()
        self.slowest = 0.0
        self._threads = [threading.Thread(target=self._ask, daemon=True) for _ in range(CLIENTS)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        for thread in self._threads:
            thread.join(15)

    def _ask(self):
        link = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        due = time.monotonic()
        while not self._over.wait(max(0.0, due - time.monotonic())):
            due = max(due + CLIENTS / RATE, time.monotonic() - 1)
            began = time.monotonic()
            self.answers[self._answer(link)] += 1
            self.slowest = max(self.slowest, time.monotonic() - began)

    def _answer(self, link):
        """Return 200, 500 … or "broken"; a kept connection that ended is opened again once (RFC 9112, 9.3.1)."""
        for _ in range(2):
            try:
                link.request("GET", "/health/live")
                answer = link.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                link.close()
            else:
                return answer.status // 100 * 100
        return "broken"


@pytest.mark.parametrize("part", ["web", "worker", "beat"])
def test_t25_a_restarted_part_costs_the_stations_nothing_and_hardly_a_request(figures, air, part):
    publishes, began = {slug: air.live(slug) for slug in air.slugs}, time.time()
    pids = {slug: air.encoder(slug)["pid"] for slug in air.slugs}
    with Load(air.house.port) as load:
        wait_until(lambda: load.answers[200] > RATE / 2, within=20, what="a second of load")
        asked = air.house.part(part)
        asked.send_signal(signal.SIGTERM)
        asked.wait(15)
        wait_until(lambda: _is_new(air, part, asked.pid), within=60, what=f"a new {part}")
        wait_until(air.is_well, within=60, what="everything up again")
        seen = load.answers[200]
        wait_until(lambda: load.answers[200] > seen + RATE / 2, within=20, what="a second of load afterwards")
    bad = sum(number for kind, number in load.answers.items() if kind in {500, "broken"})
    figures("T25", f"{part} restarted: answers of 5xx or none, of {load.answers.total()}", bad, at_most=1)
    figures("T25", f"{part} restarted: slowest answer", load.slowest, "s", at_most=PATIENCE)
    for slug, publish in publishes.items():
        air.runs_on(slug, 1)
        air.unharmed(figures, "T25", publish, began, f"{part} restarted: {slug}")
    assert {slug: air.encoder(slug)["pid"] for slug in air.slugs} == pids


def test_t25_a_rolling_restart_of_everything_costs_the_stations_nothing_and_no_request(figures, air):
    """Web, worker, beat and node, one after another, as an upgrade does it."""
    publishes, began = {slug: air.live(slug) for slug in air.slugs}, time.time()
    pids = {slug: air.encoder(slug)["pid"] for slug in air.slugs}
    parts = {name: air.house.part(name).pid for name in ("web", "worker", "beat", "node")}
    with Load(air.house.port) as load:
        air.house.manage("up", "--restart")
    wait_until(air.is_well, within=60, what="everything up again")
    bad = sum(number for kind, number in load.answers.items() if kind in {500, "broken"})
    figures("T25", f"all restarted: answers of 5xx or none, of {load.answers.total()}", bad, at_most=1)
    figures("T25", "all restarted: slowest answer", load.slowest, "s", at_most=PATIENCE)
    figures("T25", "parts that are new", sum(air.house.part(name).pid != pid for name, pid in parts.items()), exactly=4)
    for slug, publish in publishes.items():
        air.runs_on(slug, 1)
        air.unharmed(figures, "T25", publish, began, f"all restarted: {slug}")
    assert {slug: air.encoder(slug)["pid"] for slug in air.slugs} == pids


def _is_new(air, part, pid):
    try:
        return air.house.part(part).pid != pid
    except (OSError, ValueError, psutil.NoSuchProcess):
        return False


def test_t26_a_second_of_everything_finds_the_first_and_sends_nothing(figures, air):
    """A second `up` is turned away; a second node of the same home stands by."""
    publishes, began = {slug: air.live(slug) for slug in air.slugs}, time.time()
    counts = {slug: len(air.ingest.of(slug)) for slug in air.slugs}
    manage = [sys.executable, str(BASE_DIR / "manage.py")]
    second = {**air.house.environment, "LONGWAVE_PORT": str(free_port())}
    refused = subprocess.run([*manage, "up"], env=second, capture_output=True, text=True, check=False, timeout=60)
    assert refused.returncode == 75
    places = air.house.places
    standby = {**second, "DATABASE_URL": places.database_url, "REDIS_URL": places.redis_url}
    node = subprocess.Popen([*manage, "node"], env=standby, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        for slug in air.slugs:
            air.runs_on(slug, 8)
    finally:
        node.terminate()
        said = node.communicate(timeout=20)[0].decode()
    assert node.returncode == 0, said
    more = sum(len(air.ingest.of(slug)) - counts[slug] for slug in air.slugs)
    figures("T26", "second up and second node in one home: publishes more", more, exactly=0)
    both = sum(seconds for slug in air.slugs for *_, seconds in air.ingest.overlaps(slug))
    figures("T26", "two publishers of one station for", both, "s", exactly=0)
    for slug, publish in publishes.items():
        air.unharmed(figures, "T26", publish, began, slug)
