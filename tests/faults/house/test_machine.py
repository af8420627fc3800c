"""T21: somebody else takes the whole processor."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from tests.plugins.daemon import find_program

pytestmark = [pytest.mark.slow, pytest.mark.whole, pytest.mark.timeout(300)]


@contextmanager
def _busy(count):
    """Run so many processes that do nothing but compute."""
    stress = find_program("stress-ng")
    spin = [sys.executable, "-c", "while True: sum(range(100000))"]
    commands = [[stress, "--cpu", str(count), "--quiet"]] if stress else [spin] * count
    processes = [subprocess.Popen(command, start_new_session=True) for command in commands]
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
            process.wait(10)


def _starved(figures, air, seconds):
    publishes, began = {slug: air.live(slug) for slug in air.slugs}, time.time()
    many = 2 * (os.cpu_count() or 2)
    with _busy(many):
        air.runs_on("alpha", seconds)
    for slug, publish in publishes.items():
        wait = publish.egress.video.since(began).largest_wait
        figures("T21", f"{many} busy processes: {slug}'s longest wait for a picture", wait, "s", at_most=0.5)
        air.unharmed(figures, "T21", publish, began, slug)


def test_t21_stations_go_on_while_others_want_all_of_the_processor(figures, air):
    """Ten seconds, twice as many busy processes as there are cores."""
    _starved(figures, air, 10)


@pytest.mark.long
def test_t21_a_minute_without_a_processor_to_spare(figures, air):
    _starved(figures, air, 60)
