"""T25: web, worker, beat and node are restarted one after another while a station is on air and people are reading."""

from __future__ import annotations

import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import pytest

from tests.flows.house import House, loop_file
from tests.plugins.daemon import wait_until
from tests.plugins.tones import tone_mp3
from tests.streaming.playout.pictures import COLOURS
from tests.streaming.playout.recording import read

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.whole, pytest.mark.peers("nginx")]
RENEWED = ("web", "worker", "beat", "node")
PAGES = ("/health/live", "/", "/stations/lacquer/", "/health")
EVERY = 0.1


@dataclass
class Readers:
    """Ask for one page after another, each in a new connection; what fails is kept."""

    house: House
    asked: int = 0
    failed: list[str] = field(default_factory=list)
    longest: float = 0.0

    def __enter__(self) -> Self:
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._read, args=[n]) for n in range(2)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _read(self, number: int) -> None:
        while not self._over.wait(EVERY):
            number += 1
            began = time.monotonic()
            try:
                status = self.house.get(PAGES[number % len(PAGES)])
                if status != 200:
                    self.failed.append(f"{PAGES[number % len(PAGES)]}: {status}")
            except (OSError, urllib.error.URLError) as error:
                self.failed.append(f"{PAGES[number % len(PAGES)]}: {error}")
            self.asked += 1
            self.longest = max(self.longest, time.monotonic() - began)


def test_a_rolling_restart_is_not_noticed_on_air_nor_by_readers(house: House, nginx_rtmp, tmp_path):
    prepare(house, nginx_rtmp, tmp_path)
    before = {name: house.part(name).pid for name in RENEWED}
    encoder = encoder_of(house)
    up, database = house.process.pid, house.part("postgres").pid

    with Readers(house) as readers:
        began = time.monotonic()
        said = house.manage("up", "--restart")
        took = time.monotonic() - began

    print(  # noqa: T201 - figures to quote
        f"restarted in {took:.1f} s: {said.splitlines()[-1]}; {readers.asked} requests, {len(readers.failed)} failed, "
        f"the longest took {readers.longest:.1f} s"
    )
    assert "Restarted: web in" in said
    assert readers.asked > 20
    assert readers.failed == []
    assert house.process.pid == up
    assert house.part("postgres").pid == database
    assert all(house.part(name).pid != before[name] for name in RENEWED)

    wait_until(lambda: heard(house), within=20, what="the new node's watch over the encoder")
    assert encoder_of(house) == encoder
    aired = house.rows("SELECT count(*) FROM play_history")[0][0]
    wait_until(lambda: house.rows("SELECT count(*) FROM play_history")[0][0] > aired, within=20, what="the next track")
    house.manage("station", "stop", "lacquer")
    recording = read(nginx_rtmp.wait_for("record_done", "lacquer-key", within=20).path)
    assert nginx_rtmp.publishes("lacquer-key") == 1
    assert recording.errors == 0
    assert recording.video.largest_step <= 40
    assert recording.audio.largest_step <= 30


def prepare(house: House, nginx_rtmp: Any, folder: Path) -> None:
    house.manage("station", "add", "lacquer", "--name", "Lacquer", "--source", "playlist")
    house.manage("loop", "add", "lacquer", str(loop_file(folder / "blue.mp4", COLOURS["blue"])), "--default")
    files = [tone_mp3(folder / f"{n}.mp3", artist="Ana", title=f"T {n}", seconds=3, hertz=300 + 90 * n) for n in (1, 2)]
    house.manage("track", "add", "lacquer", *map(str, files))
    house.manage("destination", "add", "lacquer", nginx_rtmp.rtmp_url("live", "lacquer-key"))
    house.manage("station", "start", "lacquer")
    nginx_rtmp.wait_for("publish", "lacquer-key", within=30)
    wait_until(lambda: heard(house), within=15, what="the encoder's first words")


def encoder_of(house: House) -> tuple[Any, ...]:
    """The encoder's process and life: both new, it was off air."""
    query = (
        "SELECT pid, run_id, restarts_total FROM streaming_encoder e JOIN streaming_station s ON s.id = e.station_id "
        "WHERE slug = 'lacquer'"
    )
    return house.rows(query)[0]


def heard(house: House) -> bool:
    query = (
        "SELECT state = 'RUNNING' AND seen_at > now() - interval '3 s' FROM streaming_encoder e "
        "JOIN streaming_station s ON s.id = e.station_id WHERE slug = 'lacquer'"
    )
    return bool(house.rows(query)[0][0])
