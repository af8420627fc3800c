"""Stations with real encoders on several machines, sent to a platform that remembers who published when."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from catalog.models import EncodingProfile
from streaming.outputs.services import add_destination
from streaming.stations import services
from tests.factories import make_slate, make_station
from tests.fakes.ingest import FakeIngest
from tests.streaming.nodes.machines import Machine, Machines
from tests.streaming.nodes.stage import until
from tests.streaming.nodes.studio import Studio
from tests.streaming.playout import pictures

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from streaming.nodes.models import Encoder
    from streaming.stations.models import Station


class Broadcast:
    """The stations, the machines and the platform."""

    def __init__(self, slate: bytes) -> None:
        self.machines = Machines()
        self.ingest = FakeIngest()
        self.profile = EncodingProfile.objects.create(
            name="tiny",
            width=pictures.WIDTH,
            height=pictures.HEIGHT,
            frame_rate=pictures.RATE,
            video_kbps=300,
            gop_frames=60,
            level="3.1",
        )
        make_slate(self.profile, content=slate)

    def station(self, slug: str = "night-fm", **fields: Any) -> Station:
        """A station that is wanted on air and sent to the platform under its slug."""
        station = make_station(slug, source_kind="azuracast", profile=self.profile, transition="cut", **fields)
        add_destination(station=station, url=self.ingest.url, key=slug, allow_private=True)
        services.start_station(station=station)
        return station

    def row(self, station: Station) -> Encoder:
        return Studio.row(Studio(), station)

    def holder(self, station: Station) -> Machine | None:
        """The machine that has a station."""
        node = self.row(station).node
        return self.machines.of(node) if node is not None else None

    def on_air(self, station: Station, *, within: float = 40) -> Machine:
        """Wait until its pictures arrive and its row is fenced or not as it should be; return its machine."""
        self.ingest.wait_for(station.slug, count=max(1, len(self.ingest.of(station.slug))), within=within)
        self.flows(station)
        return self.machines.of(until(lambda: self.row(station).node, "a holder"))

    def fenced(self, station: Station, *, fenced: bool = True) -> None:
        until(lambda: self.row(station).lease_fenced is fenced, f"fenced is {fenced}")

    def flows(self, station: Station, *, within: float = 20) -> None:
        """Wait until a new picture of it arrives."""
        since = time.time()
        self.ingest.wait_until(
            lambda: any(one.last_media > since for one in self.ingest.of(station.slug)), within, station.slug
        )

    def stands(self, station: Station, *, within: float = 20, for_seconds: float = 1.0) -> float:
        """Wait until nothing of it has arrived for a while; return when the last picture came."""
        until(lambda: time.time() - self.last(station) > for_seconds, f"silence of {station.slug}", within)
        return self.last(station)

    def last(self, station: Station) -> float:
        return max((one.last_media for one in self.ingest.of(station.slug)), default=0.0)

    def overlap(self) -> float:
        """The longest time for which two encoders sent pictures of one station, in seconds."""
        return max((seconds for _, _, seconds in self.ingest.overlaps()), default=0.0)

    def close(self) -> None:
        self.machines.close()
        self.ingest.__exit__()


@contextmanager
def broadcast_of(folder: Path) -> Iterator[Broadcast]:
    """Give a broadcast and leave nothing behind."""
    drawn = pictures.make_rendition(folder / "red", pictures.COLOURS["red"], 120)
    one = Broadcast(drawn.read_bytes())
    try:
        yield one
    finally:
        one.close()


@pytest.fixture
def broadcast(home, transactional_db, tmp_path):
    with broadcast_of(tmp_path) as one:
        yield one
