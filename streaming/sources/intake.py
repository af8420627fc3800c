"""Takes up what a poll or the live feed of a source says: what plays, what was missed before it, what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streaming.sources.models import TrackChange
from streaming.sources.services import accept_change

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from streaming.sources.report import TrackReport
    from streaming.stations.models import Station

    Coming = Callable[[TrackReport], None]

KNOWN_PLAYS = 6  # one more than AzuraCast's history holds


class Intake:
    """One way's words about one station; what it said last is not looked at again."""

    def __init__(self, station: Station, origin: TrackChange.Origin, coming: Coming | None = None) -> None:
        """``coming`` gets each new guess at what plays next."""
        self._station = station
        self._origin = origin
        self._coming = coming
        self._last: TrackReport | None = None
        self._next: TrackReport | None = None

    def take(self, report: TrackReport | None, missed: Callable[[datetime], list[TrackReport]]) -> None:
        """Keep what plays, and before it what was missed: ``missed(after)`` gives plays that are over.

        Raises:
            django.db.DatabaseError: it could not be kept, and will be looked at again when it is said again.

        """
        if report is not None and _is_other(report, self._last):
            since = TrackChange.objects.oldest_play_known(station=self._station.pk, of=KNOWN_PLAYS)
            # Between plays that are known: what was played before the station was ours is none of its record.
            for over in missed(since) if since else []:
                accept_change(station=self._station, report=over, origin=self._origin)
            accept_change(station=self._station, report=report, origin=self._origin)
        self._last = report

    def take_next(self, report: TrackReport | None) -> None:
        """Hand on what is said to play next, when that is news."""
        if report is None or self._coming is None:
            return
        if self._next is None or (report.track_key, report.song_id) != (self._next.track_key, self._next.song_id):
            self._coming(report)
            self._next = report


def _is_other(report: TrackReport, last: TrackReport | None) -> bool:
    return last is None or (report.play, report.artist, report.title) != (last.play, last.artist, last.title)
