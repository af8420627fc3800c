"""Runs what asks and listens at a station's source (streaming/sources), in threads of their own.

A poller for every source with a now-playing address, and AzuraCast's live feed beside it. Both run for as long as the
source stays the same. While the feed is up the poller only looks after it; when the feed goes down, it asks at once.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Protocol

import structlog

from streaming.nodes import backoff
from streaming.nodes.database import borrowed
from streaming.nodes.prefetching import prepare
from streaming.sources.feed import feed_for
from streaming.sources.pollers import SLOWEST, poller_for

if TYPE_CHECKING:
    from streaming.sources.feed import Feed
    from streaming.sources.pollers import Poller
    from streaming.sources.report import TrackReport
    from streaming.stations.models import Station

log = structlog.get_logger(__name__)

ANSWER_COUNTS = 2.5 * SLOWEST
"""Seconds for which an answered poll shows that the source's own words still reach us."""


class Polling:
    """At most one poller and one feed, those that fit the station now."""

    def __init__(self) -> None:
        """Begin without any."""
        self._key: tuple[str, ...] | None = None
        self._stop: threading.Event | None = None
        self._poller: Poller | None = None
        self._feed: Feed | None = None

    @property
    def answers(self) -> bool:
        """Whether the source tells by poll or feed what plays."""
        if self._feed is not None and self._feed.connected:
            return True
        answered = self._poller.answered_at if self._poller is not None else None
        return answered is not None and time.monotonic() - answered < ANSWER_COUNTS

    def follow(self, station: Station) -> None:
        """Have the poller and feed that this station needs running, and no other."""
        key = (station.source_kind, station.audio_url, station.metadata_url, station.shortcode)
        if key == self._key:
            return
        self.stop()
        self._key = key

        def coming(report: TrackReport) -> None:
            prepare(station=station, report=report)

        poller = self._poller = poller_for(station, coming=coming)
        if poller is None:
            return
        self._stop = threading.Event()
        self._feed = feed_for(station, coming=coming, changed=lambda up: poller.relax(relaxed=up))
        _start(poller, self._stop, f"poll-{station.slug}")
        if self._feed is not None:
            _start(self._feed, self._stop, f"feed-{station.slug}")

    def stop(self) -> None:
        """End them, if there are any."""
        self._key = None
        if self._stop is not None:
            self._stop.set()
        if self._poller is not None:
            self._poller.nudge()
        self._stop = self._poller = self._feed = None


class _Runs(Protocol):
    def run(self, stop: threading.Event) -> None: ...


def _start(what: _Runs, stop: threading.Event, name: str) -> None:
    threading.Thread(target=_keep_running, args=(what, stop, name), name=name, daemon=True).start()


def _keep_running(what: _Runs, stop: threading.Event, name: str) -> None:
    """Run it until told to stop; when it fails it is started again, later each time."""
    failures = 0
    while not stop.is_set():
        try:
            with borrowed():
                what.run(stop)
        except Exception as error:
            failures += 1
            log.exception("source thread failed", thread=name, error=str(error), exc_info=failures == 1)
        stop.wait(max(1.0, backoff.delay(failures)))
