"""Stations of a whole installation on air at a platform of ours, and what the platform saw of each."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import psutil
import psycopg

from tests.fakes.ingest import FakeIngest, Publish
from tests.faults.report import Figures
from tests.flows.house import House, loop_file
from tests.plugins.daemon import wait_until
from tests.plugins.tones import tone_mp3

STEP_MS = 40


class Air:
    """A house and its platform; stations are added and watched."""

    def __init__(self, house: House, ingest: FakeIngest, folder: Path) -> None:
        """Make what the stations show and play; ``folder`` keeps it."""
        self.house = house
        self.ingest = ingest
        self._loop = loop_file(folder / "loop.mp4", (200, 20, 20))
        self._track = tone_mp3(folder / "tone.mp3", artist="Ana", title="Tone", seconds=20)
        self.slugs: list[str] = []

    def add(self, slug: str) -> None:
        """Put a station on air at the platform, under its name as the key."""
        manage = self.house.manage
        manage("station", "add", slug, "--name", slug.title(), "--source", "playlist")
        manage("loop", "add", slug, str(self._loop), "--default")
        manage("track", "add", slug, str(self._track))
        manage("destination", "add", slug, f"{self.ingest.url}/{slug}", "--name", "platform")
        manage("station", "start", slug)
        self.slugs.append(slug)
        self.ingest.wait_for(slug, within=60)
        wait_until(lambda: self.encoder(slug)["heard"], within=20, what=f"{slug} on air")

    def encoder(self, slug: str) -> dict[str, Any]:
        """Return what an encoder's row says: ``pid``, ``restarts`` in all, ``heard`` of within three seconds."""
        ((pid, restarts, heard),) = self.house.rows(
            "SELECT coalesce(pid, 0), restarts_total, state = 'RUNNING' AND seen_at > now() - interval '3 s'"
            " FROM streaming_encoder e JOIN streaming_station s ON s.id = e.station_id WHERE slug = %s",
            slug,
        )
        return {"pid": pid, "restarts": restarts, "heard": heard}

    def process(self, slug: str) -> psutil.Process:
        """The encoder's process."""
        return psutil.Process(self.encoder(slug)["pid"])

    def live(self, slug: str) -> Publish:
        """The only publish of a station now."""
        (publish,) = self.ingest.live(slug)
        return publish

    def is_well(self) -> bool:
        """Whether pages answer and every station was heard of within three seconds."""
        try:
            return self.house.get("/health/ready") == 200 and all(self.encoder(slug)["heard"] for slug in self.slugs)
        except (OSError, psycopg.OperationalError):
            return False

    def replaced(self, slug: str, pid: int, since: float, within: float = 30) -> float:
        """Wait until another process is known to be on air; return how many seconds that took."""
        wait_until(
            lambda: self.encoder(slug)["pid"] not in {0, pid} and self.encoder(slug)["heard"],
            within=within,
            what=f"a new encoder of {slug}",
        )
        return time.time() - since

    def runs_on(self, slug: str, seconds: float = 2.0) -> None:
        """Wait for so many seconds more of a station's pictures."""
        before = len(self.live(slug).egress.video.at)
        self.ingest.wait_until(
            lambda: len(self.live(slug).egress.video.at) >= before + 30 * seconds, seconds + 20, f"{slug} going on"
        )

    def unharmed(self, figures: Figures, number: str, publish: Publish, since: float, what: str) -> None:
        """Keep that a publish went on through a fault: it is the same one, without a step or a far keyframe."""
        part = publish.egress.video.since(since)
        figures(number, f"{what}: largest step of the picture", part.largest_step, "ms", at_most=STEP_MS)
        assert publish.ended is None, f"{what}: the publish ended ({publish.how})"
