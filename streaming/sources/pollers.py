"""Asks sources what plays, and so finds what a webhook missed; runs in a thread of a node.

A poll is due every eight to ten seconds and may take five, so a missed change is found within fifteen. A source that
fails is asked less often, up to once a minute, and at the usual pace again as soon as it answers. While the source's
live feed tells of every change, a poll a minute is enough to find what the feed may have left out.
"""

from __future__ import annotations

import random
import threading
import time
from typing import TYPE_CHECKING

import structlog
from django.db import DatabaseError, connection
from django.utils import timezone

from config.lib.problem import LongwaveError
from streaming.sources import readers
from streaming.sources.intake import Intake
from streaming.sources.readers import UNCHANGED, Reader, reader_for

if TYPE_CHECKING:
    from streaming.sources.intake import Coming
    from streaming.stations.models import Station

EVERY = 8.0
JITTER = 2.0
SLOWEST = 60.0
GIVE_UP_AFTER = readers.SECONDS
VALIDATORS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
log = structlog.get_logger(__name__)


def poller_for(station: Station, *, coming: Coming | None = None) -> Poller | None:
    """Return the poller a station needs, None when it has no now-playing address."""
    reader = reader_for(station)
    return Poller(station, reader, coming=coming) if reader else None


def pause(failures: int, *, relaxed: bool = False) -> float:
    """Return the seconds until the next poll, after so many failures in a row."""
    usual = SLOWEST if relaxed else min(SLOWEST, EVERY * (1 << min(failures, 4)))
    return usual + random.uniform(0, JITTER)  # noqa: S311 - spreads load, hides nothing


class Poller:
    """Asks one station's source again and again, and takes up what is new."""

    def __init__(self, station: Station, reader: Reader, *, coming: Coming | None = None) -> None:
        """Take the station as it is now; a changed one gets a new poller. ``coming`` gets what plays next."""
        self.station = station
        self.reader = reader
        self.answered_at: float | None = None
        self._intake = Intake(station, reader.origin, coming)
        self._validators: dict[str, str] = {}
        self._relaxed = False
        self._nudge = threading.Event()

    def relax(self, *, relaxed: bool) -> None:
        """Ask rarely while another way tells of every change; either way, ask once now."""
        self._relaxed = relaxed
        self._nudge.set()

    def nudge(self) -> None:
        """Ask now, or notice now that it is time to stop."""
        self._nudge.set()

    def run(self, stop: threading.Event) -> None:
        """Poll until ``stop`` is set; a failure is logged once, and so is its end."""
        failures = 0
        while not stop.is_set():
            self._nudge.clear()
            try:
                self.poll()
            except (LongwaveError, DatabaseError) as error:
                failures += 1
                if failures == 1:
                    self._log("source does not answer", error=str(error))
            else:
                if failures:
                    self._log("source answers again", failures=failures)
                failures = 0
            finally:
                connection.close()  # back to the pool until the next poll
            self._nudge.wait(pause(failures, relaxed=self._relaxed))

    def poll(self) -> None:
        """Ask once, and take up what is new.

        Raises:
            LongwaveError: no answer, or one that cannot be read.
            django.db.DatabaseError: it could not be kept.

        """
        received = timezone.now()
        answer = self.reader.ask(self._validators)
        if answer.status != UNCHANGED:
            body = answer.body
            report = self.reader.now(body, received=received)
            self._intake.take(report, lambda after: self.reader.missed(body, received=received, after=after))
            self._intake.take_next(self.reader.upcoming(body, received=received))
            # Only now: what could not be kept is asked for again.
            self._validators = {VALIDATORS[name]: answer.headers[name] for name in VALIDATORS if name in answer.headers}
        self.answered_at = time.monotonic()

    def _log(self, event: str, **facts: object) -> None:
        log.warning(event, station=self.station.slug, url=self.reader.url, **facts)
