"""Says when a destination is down, and when a platform's rules are broken, as alerts; and when that is over.

An alert is opened for what stays wrong: thirty seconds without a connection, while the station is wanted on air.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from streaming.alerts.models import Alert, Severity
from streaming.alerts.services import close_alert, open_alert
from streaming.outputs.rules import profile_warnings
from streaming.platforms.health import OFFLINE

if TYPE_CHECKING:
    from datetime import datetime

    from streaming.outputs.models import Destination
    from streaming.stations.models import Station

DOWN, MISMATCH = "destination-down", "profile-mismatch"
PATIENCE = timedelta(seconds=30)


def subject_of(destination: Destination) -> str:
    """Return the name under which alerts know a destination."""
    return f"destination:{destination.pk}"


def mismatch(destination: Destination, broken: str) -> str:
    """Return the sentence that says whose rules are broken by what is sent to a destination."""
    return f"{destination.station.name} sends {destination.name} what it may not like. {broken}"


def watch(*, station: Station, destinations: list[Destination], now: datetime) -> None:
    """Open and close the alerts of a station that is wanted on air, as its rows are now; one query if nothing changed.

    ``station`` needs its profile loaded; ``destinations`` are all of it, as just written.
    """
    for destination in destinations:
        destination.station = station  # loaded, with its profile
    wanted: dict[tuple[str, str], str] = {}
    for destination in destinations:
        if destination.enabled:
            wanted |= _wrong(destination, now)
    known = _open_of(station)
    for (kind, subject), sentence in wanted.items():
        said, seen_at = known.pop((kind, subject), ("", now))
        if said != sentence or now - seen_at > PATIENCE:
            severity = Severity.ERROR if kind == DOWN else Severity.WARNING
            open_alert(kind=kind, subject=subject, severity=severity, sentence=sentence, station=station)
    for kind, subject in known:
        close_alert(kind=kind, subject=subject)


def rest(*, station: Station) -> None:
    """The station is off air: nothing of its destinations is wrong any more."""
    for kind, subject in _open_of(station):
        close_alert(kind=kind, subject=subject)


def silence(destination: Destination) -> None:
    """The destination is paused or removed: nothing of it is wrong any more."""
    for kind in (DOWN, MISMATCH, OFFLINE):
        close_alert(kind=kind, subject=subject_of(destination))


def _wrong(destination: Destination, now: datetime) -> dict[tuple[str, str], str]:
    """Return what is wrong about a destination, by kind and subject."""
    found, subject, name = {}, subject_of(destination), destination.station.name
    if destination.down_since is not None and now - destination.down_since >= PATIENCE:
        why = destination.last_error or "It has not said why."
        found[DOWN, subject] = f"{name} does not reach {destination.name}. {why}"
    warnings = profile_warnings(destination)
    if warnings:
        found[MISMATCH, subject] = mismatch(destination, " ".join(warnings))
    return found


def _open_of(station: Station) -> dict[tuple[str, str], tuple[str, datetime]]:
    """Return sentence and last time of the station's open alerts about destinations, by kind and subject."""
    rows = Alert.objects.filter(station=station, kind__in=(DOWN, MISMATCH), closed_at=None)
    return {(a.kind, a.subject): (a.sentence, a.seen_at) for a in rows}
