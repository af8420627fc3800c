"""T01, T02, T03, T22: an encoder dies, hangs, loses its memory, or the server it sends to is killed."""

from __future__ import annotations

import os
import signal
import time
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

import pytest

from tests.plugins.daemon import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.whole, pytest.mark.timeout(300)]
CGROUP = Path("/sys/fs/cgroup/memory")
NUMBERS = count(1)
TIGHT = 3 * 2**20


def test_t01_a_killed_encoder_is_back_within_five_seconds(figures, air):
    before, others = air.encoder("alpha"), {slug: air.live(slug) for slug in ("beta", "gamma")}
    first = air.live("alpha")
    killed = time.time()
    os.kill(before["pid"], signal.SIGKILL)
    second = air.ingest.wait_for("alpha", count=len(air.ingest.of("alpha")) + 1, within=30)
    figures("T01", "encoder killed: gap at the platform", second.first_media - first.last_media, "s", at_most=5)
    figures("T01", "row says on air again after", air.replaced("alpha", before["pid"], killed), "s", at_most=10)
    figures("T01", "restarts counted", air.encoder("alpha")["restarts"] - before["restarts"], exactly=1)
    air.runs_on("alpha")
    figures("T01", "steps back within a connection", first.egress.backward + second.egress.backward, exactly=0)
    figures("T01", "first time of the new connection", second.egress.video.dts[0], "ms", at_most=100)
    figures("T01", "two publishers for", sum(seconds for *_, seconds in air.ingest.overlaps("alpha")), "s", exactly=0)
    for slug, publish in others.items():
        air.unharmed(figures, "T01", publish, killed, slug)


def test_t02_an_encoder_that_hangs_is_replaced_within_ten_seconds_and_never_comes_back(figures, air):
    """SIGSTOP; and SIGCONT as soon as the new one is on air, if there is still somebody to continue."""
    before, first = air.encoder("alpha"), air.live("alpha")
    number = len(air.ingest.of("alpha"))
    os.kill(before["pid"], signal.SIGSTOP)
    second = air.ingest.wait_for("alpha", count=number + 1, within=40)
    figures("T02", "encoder stopped: gap at the platform", second.first_media - first.last_media, "s", at_most=10)
    air.replaced("alpha", before["pid"], time.time())
    with suppress(ProcessLookupError):  # it was killed before its place was taken, as it should be
        os.kill(before["pid"], signal.SIGCONT)
    air.runs_on("alpha", 3)
    figures("T02", "two publishers for", sum(seconds for *_, seconds in air.ingest.overlaps("alpha")), "s", exactly=0)
    figures("T02", "publishers afterwards", len(air.ingest.live("alpha")), exactly=1)
    figures("T02", "restarts counted", air.encoder("alpha")["restarts"] - before["restarts"], exactly=1)


@pytest.mark.peers("nginx")
def test_t03_a_killed_nginx_has_every_station_back_and_not_all_at_once(figures, air, nginx_rtmp):
    for slug in air.slugs:
        air.house.manage("destination", "add", slug, nginx_rtmp.rtmp_url("live", slug), "--name", "nginx")
    for slug in air.slugs:
        nginx_rtmp.wait_for("publish", slug, within=30)
    for slug in air.slugs:
        air.runs_on(slug, 2)
    others, began = {slug: air.live(slug) for slug in air.slugs}, time.time()
    nginx_rtmp.kill()
    nginx_rtmp.start()
    back = [nginx_rtmp.wait_for("publish", slug, count=2, within=30).at for slug in air.slugs]
    figures("T03", "nginx killed: every station there again after", max(back) - began, "s", at_most=8)
    figures("T03", "between the first and the last of three", (max(back) - min(back)) * 1000, "ms", at_least=1)
    for slug, publish in others.items():
        air.runs_on(slug, 1)
        air.unharmed(figures, "T03", publish, began, f"{slug}'s other destination")
        air.house.manage("destination", "remove", slug, "nginx")


@contextmanager
def _little_memory(pid):
    """Let a process take hardly any more memory than it has: what it touches next is counted against a few MB."""
    folder = CGROUP / f"longwave-test-{os.getpid()}-{next(NUMBERS)}"
    try:
        folder.mkdir()
        (folder / "memory.limit_in_bytes").write_text(str(TIGHT))
    except OSError as error:
        pytest.skip(f"no memory limit can be set here: {error}")
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            (folder / "tasks").write_text(task.name)
        yield
    finally:
        wait_until(lambda: not (folder / "tasks").read_text(), within=20, what="the end of what was limited")
        folder.rmdir()


def test_t22_an_encoder_without_memory_dies_alone_and_is_back_within_five_seconds(figures, air):
    before, others = air.encoder("beta"), {slug: air.live(slug) for slug in ("alpha", "gamma")}
    first, number = air.live("beta"), len(air.ingest.of("beta"))
    with _little_memory(before["pid"]):
        began = time.time()
        second = air.ingest.wait_for("beta", count=number + 1, within=90)
    figures("T22", "killed for memory: gap at the platform", second.first_media - first.last_media, "s", at_most=5)
    air.replaced("beta", before["pid"], began)
    figures("T22", "restarts counted", air.encoder("beta")["restarts"] - before["restarts"], exactly=1)
    said = air.house.rows("SELECT message FROM error_log ORDER BY timestamp DESC LIMIT 5")
    figures("T22", "said in words that memory ran out", any("memory" in text for (text,) in said), exactly=1)
    for slug, publish in others.items():
        air.runs_on(slug, 1)
        air.unharmed(figures, "T22", publish, began, slug)
