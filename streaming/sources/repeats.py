"""Decides whether a report says something new, or what another way has told us already.

A play that its source names (``sh:4711``) is told apart by that name alone, wherever it comes from. Titles in the
sound and status pages have no such name; they repeat a change when

* the newest change of the station has the same track and may still be playing, or
* another way reported the same track lately, and this way has said nothing else since: it only lags behind.

"May still be playing" is the track's length and half a minute, or a quarter of an hour where the length is unknown.
The limit accepted: a song played twice in a row by a source without names is one change.

A word can also come late, when a newer play has been reported already: it is kept on record and nobody shows it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from streaming.sources.models import TrackChange

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from streaming.sources.models import Said

SLACK = timedelta(seconds=30)
UNKNOWN_LENGTH = timedelta(minutes=15)
CLOSE = timedelta(seconds=10)
AZURACAST = ("sh", "live")


def repeated(report: Said, recent: Iterable[Said]) -> Said | None:
    """Return the change that ``report`` repeats, if any; ``recent`` are the station's changes, newest first."""
    moved_on = False
    for place, change in enumerate(recent):
        if is_named(report) and change.dedupe_key == report.dedupe_key:
            return change
        same_way = _way(change) == _way(report)
        if _same_song(report, change) and _may_play(change, report.started_at):
            still_the_newest = place == 0 and not is_named(report)
            only_lags = not same_way and not moved_on
            if still_the_newest or only_lags:
                return change
        moved_on = moved_on or same_way
    return None


def is_overtaken(report: Said, recent: Iterable[Said]) -> bool:
    """Tell whether a play that began later than the one reported is known already.

    Polls and the live feed tell of when they were asked. A webhook tells of now, but may be delivered after the next
    one: AzuraCast's play numbers then say which came first (unless they began anew, long after).
    """
    tells_of_then = report.origin in {TrackChange.Origin.POLL, TrackChange.Origin.FEED}
    number = _number(report)
    for change in recent:
        if tells_of_then and change.started_at > report.started_at:
            return True
        if 0 < number < _number(change) and change.started_at + CLOSE > report.started_at:
            return True
    return False


def _number(said: Said) -> int:
    way, _, number = said.dedupe_key.partition(":")
    return int(number) if way == "sh" and number.isdecimal() else 0


def is_named(said: Said) -> bool:
    """Tell whether its source names the play."""
    return not said.dedupe_key.startswith("at:")


def _way(said: Said) -> str:
    # Reports of one way follow each other in order: all that use AzuraCast's names, or the titles of one origin.
    way = said.dedupe_key.split(":", 1)[0]
    return ("sh" if way in AZURACAST else way) if is_named(said) else said.origin


def _same_song(one: Said, other: Said) -> bool:
    return one.track_key == other.track_key and (bool(one.track_key) or one.title == other.title)


def _may_play(change: Said, at: datetime) -> bool:
    length = timedelta(milliseconds=change.duration_ms) + SLACK if change.duration_ms else UNKNOWN_LENGTH
    return abs(at - change.started_at) <= length
