"""The verbs of what a station turns to when its sound is lost: backup sources by priority, the emergency playlist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from config.lib.notify import notify
from streaming.stations import checks
from streaming.stations.errors import StationInvalidError
from streaming.stations.models import BackupSource, EmergencyEntry, Station
from streaming.stations.ordering import put_in_order

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from catalog.models import Track

MOST_BACKUPS = 20
ASIDE = 1000


@dataclass(frozen=True)
class Backup:
    """A backup as somebody wants it; ``key`` is that of the row it was before, so that its connection goes on."""

    name: str
    audio_url: str
    enabled: bool = True
    key: UUID | None = None


@transaction.atomic
def set_backups(*, station: Station, backups: Sequence[Backup]) -> None:
    """Make these the station's backup sources, the first to be tried first.

    Raises:
        StationInvalidError: ``field`` names what is wrong, ``backups`` where there are too many.

    """
    Station.objects.select_for_update().get(pk=station.pk)
    if len(backups) > MOST_BACKUPS:
        raise StationInvalidError(f"A station has at most {MOST_BACKUPS} backups; leave some out.", field="backups")
    rows = BackupSource.objects.filter(station=station)
    rows.exclude(pk__in=[backup.key for backup in backups if backup.key]).delete()
    rows.update(priority=F("priority") + ASIDE)  # out of the way: a priority belongs to one backup
    kept = {row.pk: row for row in rows.all()}
    for priority, backup in enumerate(backups, 1):
        row = kept.get(backup.key) if backup.key else None
        row = row or BackupSource(station=station)
        row.priority = priority
        row.name = checks.name(backup.name)
        row.audio_url = _address(backup)
        row.enabled = backup.enabled
        row.save()
    notify(station=str(station.pk), what="control")


@transaction.atomic
def set_emergency(*, station: Station, tracks: Sequence[Track]) -> None:
    """Make ``tracks`` what plays when every source is lost, in this order; entries that stay keep their rows."""
    put_in_order(EmergencyEntry, station=station, tracks=tracks)


def _address(backup: Backup) -> str:
    address = checks.http_url(backup.audio_url, field="audio_url")
    if not address:
        raise StationInvalidError(
            f"The backup {backup.name[:80]!r} needs its stream: give the URL a player opens, "
            "for example https://radio.example/live.mp3.",
            field="audio_url",
        )
    return address
