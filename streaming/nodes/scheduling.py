"""Brings together what one station's source says, what its sound says, and what the encoder's clock says."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from streaming.cues.models import Cue
from streaming.nodes import cueing
from streaming.nodes.models import Encoder
from streaming.nodes.timing import Timing
from streaming.sources.titles import title_report

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from streaming.nodes.board import Status
    from streaming.nodes.timing import Due
    from streaming.stations.models import Station


WORTH_NOTING = 0.05
"""Seconds by which an instant moves before it is kept anew."""


class Schedule:
    """One station's cues and their instants; used by one thread, the desk's."""

    def __init__(self) -> None:
        """Begin without having heard anything."""
        self.timing = Timing()
        self._noted: dict[int, Due] = {}
        self._kept: int | None = None
        self._loaded = False

    def hear(self, signs: Iterable[tuple[UUID, dict[str, Any]]]) -> bool:
        """Take what encoders told of the sound; tells whether a title was among it."""
        titles = False
        for run, event in signs:
            if event["event"] != "title":
                if event["event"] == "sound" or event.get("up"):
                    self.timing.connected()
                continue
            titles = True
            report = title_report(str(event.get("text", "")), event.get("heard_at") or event["at"])
            if report is not None and isinstance(event.get("media"), int | float):
                grain = event.get("grain")
                self.timing.hear(
                    key=report.track_key,
                    media=float(event["media"]),
                    wall=report.started_at.timestamp(),
                    run=run,
                    grain=float(grain) if isinstance(grain, int | float) else None,
                )
        return titles

    def look(self, station: Station, status: Status) -> None:
        """Take what an operator set and how far the engine's sound lies behind; a new run says nothing yet."""
        self.timing.set_ms = station.sync_delay_ms
        delay = (status.statistics.get("source") or {}).get("delay_ms")
        if delay is not None:
            self.timing.engine_ms = int(delay)

    def news(self, station: Station) -> list[tuple[Cue, Due | None]]:
        """Take up what is new and return the cues to be sent, each with its instant; None is at once."""
        now = timezone.now()
        cueing.take_up_changes(station=station, timing=self.timing, now=now)
        dues = self.timing.dues()
        cues = cueing.cues_to_send(station=station, dues=dues, now=now)
        if any(cue.reason == Cue.Reason.HELD and cue.change_id is None for cue in cues):
            cueing.take_up_again(station=station, dues=dues, now=now)
            cues = cueing.cues_to_send(station=station, dues=dues, now=now)
        return [(cue, self.due_of(cue, dues)) for cue in cues]

    def due_of(self, cue: Cue, dues: dict[int, Due] | None = None) -> Due | None:
        """Return a cue's instant; what an operator shows has none."""
        if cue.change is None:
            return None
        self.timing.say(cueing.word_of(cue.change))
        known = self.timing.dues() if dues is None or cue.change_id not in dues else dues
        return known.get(cue.change.pk)

    def instants(self) -> dict[int, Due]:
        """Return the instants of the last changes, and keep with their cues what is new about them."""
        now, dues = time.time(), self.timing.dues()
        for change, due in dues.items():
            before = self._noted.get(change)
            told = before is not None and before.exact == due.exact
            if before is None or not told or (due.wall > now and abs(due.wall - before.wall) > WORTH_NOTING):
                self._noted[change] = due
                at = datetime.fromtimestamp(due.wall, tz=UTC)
                cues = Cue.objects.filter(change=change, **({} if before else {"due_at": None}))
                cues.update(due_at=at, due_exact=due.exact)
        self._noted = {change: due for change, due in self._noted.items() if change in dues}
        return dues

    def keep(self, station: Station) -> None:
        """Keep what was learned with the encoder's row; where an operator emptied it, learn anew."""
        row = Encoder.objects.filter(pk=station.pk).values_list("measured_delay_ms", flat=True).first()
        if not self._loaded:
            self._loaded, self._kept = True, row
            self.timing.taught_ms = row if self.timing.taught_ms is None else self.timing.taught_ms
        if row is None and self._kept is not None:
            self.timing.forget_lessons()
        if self.timing.taught_ms != row:
            Encoder.objects.filter(pk=station.pk).update(measured_delay_ms=self.timing.taught_ms)
        self._kept = self.timing.taught_ms
