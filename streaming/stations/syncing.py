"""Picture and sound of a station: how the picture's instant is found, how close it came lately, and a hand on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from config.lib.notify import notify
from streaming.asrun.models import Airing
from streaming.cues.models import Cue
from streaming.nodes.models import Encoder
from streaming.nodes.timing import AHEAD, GRAIN
from streaming.stations import checks
from streaming.stations.models import Station

if TYPE_CHECKING:
    from datetime import datetime

    from streaming.sources.models import TrackChange

BEHIND_TITLE_MS = -round(1000 * (GRAIN / 2 - AHEAD))
SHOWN = 12
LATELY = timedelta(hours=12)


@dataclass(frozen=True)
class TimingNow:
    """How a station's picture finds its instant; ``way`` is ``hand``, ``titles``, ``measured``, ``buffer``, ``own``.

    ``delay_ms`` is from the source's word to the sound's change, where one counts; ``since_title``: the word is itself
    a title in the sound.
    """

    way: str
    delay_ms: int
    since_title: bool


@dataclass(frozen=True)
class Compared:
    """A change of track: the source's word, when the sound changed (exactly or not) and when the picture did."""

    change: TrackChange
    word: datetime
    sound: datetime | None
    exact: bool
    picture: datetime | None

    @property
    def difference(self) -> float | None:
        """Seconds by which the picture came later than the sound; None where one of them is not known."""
        if self.sound is None or self.picture is None:
            return None
        return (self.picture - self.sound).total_seconds()


def timing_now(station: Station) -> TimingNow:
    """Return how the picture's instant is found here now."""
    if station.source_kind == Station.SourceKind.PLAYLIST:
        return TimingNow("own", 0, since_title=False)
    encoder = Encoder.objects.filter(pk=station.pk).first()
    measured = encoder.measured_delay_ms if encoder else None
    latest = Cue.objects.filter(station=station, change__isnull=False).select_related("change").defer("change__payload")
    newest = list(latest.order_by("-created_at")[:SHOWN])
    since_title = bool(newest and newest[0].change and newest[0].change.origin == "icy")
    if station.sync_delay_ms is not None:
        return TimingNow("hand", station.sync_delay_ms, since_title)
    if since_title:
        return TimingNow("titles", BEHIND_TITLE_MS, since_title=True)
    known = measured if measured is not None else (encoder.delay_ms if encoder else 0)
    if any(cue.due_exact for cue in newest):
        return TimingNow("titles", known, since_title=False)
    return TimingNow("measured" if measured is not None else "buffer", known, since_title=False)


def compared_lately(station: Station) -> list[Compared]:
    """Return the last changes of a station, newest first, each with what is known of its instants."""
    since = timezone.now() - LATELY
    cues = (
        Cue.objects.filter(station=station, change__isnull=False, created_at__gte=since)
        .select_related("change")
        .defer("change__payload")
        .order_by("-created_at")[: 3 * SHOWN]
    )
    by_change = {
        cue.change_id: cue for cue in cues
    }  # the first cue of each: a better picture has no instant of its own
    aired = Airing.objects.filter(station=station, change_id__in=by_change).values_list("change_id", "started_at")
    pictures = dict(aired.order_by("-started_at"))
    found = [
        Compared(cue.change, cue.change.received_at, cue.due_at, cue.due_exact, pictures.get(cue.change.pk))
        for cue in by_change.values()
        if cue.change is not None
    ]
    return sorted(found, key=lambda one: one.word, reverse=True)[:SHOWN]


@transaction.atomic
def nudge_picture(*, station: Station, by_ms: int) -> int:
    """Show pictures so much later (negative: earlier) from now on; return the delay that is then set by hand.

    Raises:
        StationInvalidError: further than pictures can be moved; ``field`` is "sync_delay_ms".

    """
    row = Station.objects.select_for_update(of=("self",)).get(pk=station.pk)
    row.sync_delay_ms = timing_now(row).delay_ms + by_ms
    checks.playout(row)
    row.save(update_fields=["sync_delay_ms", "updated_at"])
    station.sync_delay_ms = row.sync_delay_ms
    notify(station=str(row.pk), what="control")
    return row.sync_delay_ms


@transaction.atomic
def measure_again(*, station: Station) -> None:
    """Forget what was set by hand and what was learned: from the next change on it is measured."""
    Station.objects.filter(pk=station.pk).update(sync_delay_ms=None, updated_at=timezone.now())
    Encoder.objects.filter(pk=station.pk).update(measured_delay_ms=None)
    station.sync_delay_ms = None
    notify(station=str(station.pk), what="control")
