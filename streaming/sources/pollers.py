"""Asks sources what plays, and so finds what a webhook missed; runs in a thread of a node.

A poll is due every eight to ten seconds and may take five, so a missed change is found within fifteen. A source that
fails is asked less often, up to once a minute, and at the usual pace again as soon as it answers.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import structlog
from django.db import DatabaseError, connection
from django.utils import timezone

from config.lib.problem import LongwaveError
from streaming.sources import readers
from streaming.sources.models import TrackChange
from streaming.sources.readers import UNCHANGED, Reader, reader_for
from streaming.sources.services import accept_change

if TYPE_CHECKING:
    import threading
    from datetime import datetime

    from streaming.sources.report import TrackReport
    from streaming.stations.models import Station

EVERY = 8.0
JITTER = 2.0
SLOWEST = 60.0
GIVE_UP_AFTER = readers.SECONDS
KNOWN_PLAYS = 6  # one more than AzuraCast's history holds
VALIDATORS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
log = structlog.get_logger(__name__)


def poller_for(station: Station) -> Poller | None:
    """Return the poller a station needs, None when it has no now-playing address."""
    reader = reader_for(station)
    return Poller(station, reader) if reader else None


def pause(failures: int) -> float:
    """Return the seconds until the next poll, after so many failures in a row."""
    return min(SLOWEST, EVERY * (1 << min(failures, 4))) + random.uniform(0, JITTER)  # noqa: S311 - spreads load, hides nothing


class Poller:
    """Asks one station's source again and again, and takes up what is new."""

    def __init__(self, station: Station, reader: Reader) -> None:
        """Take the station as it is now; a changed one gets a new poller."""
        self.station = station
        self.reader = reader
        self._validators: dict[str, str] = {}
        self._last: TrackReport | None = None

    def run(self, stop: threading.Event) -> None:
        """Poll until ``stop`` is set; a failure is logged once, and so is its end."""
        failures = 0
        while not stop.is_set():
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
            stop.wait(pause(failures))

    def poll(self) -> None:
        """Ask once, and take up what is new.

        Raises:
            LongwaveError: no answer, or one that cannot be read.
            django.db.DatabaseError: it could not be kept.

        """
        received = timezone.now()
        answer = self.reader.ask(self._validators)
        if answer.status == UNCHANGED:
            return
        report = self.reader.now(answer.body, received=received)
        if report is not None and _is_other(report, self._last):
            for over in self._missed(answer.body, received):
                accept_change(station=self.station, report=over, origin=self.reader.origin)
            accept_change(station=self.station, report=report, origin=self.reader.origin)
        # Only now: what could not be kept is asked for again.
        self._last = report
        self._validators = {VALIDATORS[name]: answer.headers[name] for name in VALIDATORS if name in answer.headers}

    def _missed(self, body: bytes, received: datetime) -> list[TrackReport]:
        # Between plays that are known: what was played before the station was ours is none of its record.
        since = TrackChange.objects.oldest_play_known(station=self.station.pk, of=KNOWN_PLAYS)
        return self.reader.missed(body, received=received, after=since) if since else []

    def _log(self, event: str, **facts: object) -> None:
        log.warning(event, station=self.station.slug, url=self.reader.url, **facts)


def _is_other(report: TrackReport, last: TrackReport | None) -> bool:
    return last is None or (report.play, report.artist, report.title) != (last.play, last.artist, last.title)
