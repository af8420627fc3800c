"""Runs a station's poller (streaming/sources) in a thread of its own for as long as its source stays the same."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import structlog

from streaming.nodes import backoff
from streaming.nodes.database import borrowed
from streaming.sources.pollers import poller_for

if TYPE_CHECKING:
    from streaming.sources.pollers import Poller
    from streaming.stations.models import Station

log = structlog.get_logger(__name__)


class Polling:
    """At most one poller, the one that fits the station now."""

    def __init__(self) -> None:
        """Begin without one."""
        self._key: tuple[str, ...] | None = None
        self._stop: threading.Event | None = None

    def follow(self, station: Station) -> None:
        """Have the poller that this station needs running, and no other."""
        key = (station.source_kind, station.audio_url, station.metadata_url, station.shortcode)
        if key == self._key:
            return
        self.stop()
        self._key = key
        poller = poller_for(station)
        if poller is None:
            return
        self._stop = threading.Event()
        name = f"poll-{station.slug}"
        threading.Thread(target=_keep_polling, args=(poller, self._stop, name), name=name, daemon=True).start()

    def stop(self) -> None:
        """End the poller, if there is one."""
        self._key = None
        if self._stop is not None:
            self._stop.set()
            self._stop = None


def _keep_polling(poller: Poller, stop: threading.Event, name: str) -> None:
    """Run the poller until told to stop; one that fails is started again, later each time."""
    failures = 0
    while not stop.is_set():
        try:
            with borrowed():
                poller.run(stop)
        except Exception as error:
            failures += 1
            log.exception("poller failed", poller=name, error=str(error), exc_info=failures == 1)
        stop.wait(max(1.0, backoff.delay(failures)))
