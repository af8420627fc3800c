"""Says before a licence ends what will be missing on air, and afterwards what is.

Told thirty days, seven days and one day before the end of whatever is in use at a station, and when it is over: each of
these is an alert of its own, which takes the place of the one before and is closed when the licence is renewed or
nothing under it is in use any more.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from catalog.licences.models import Licence
from catalog.models import Loop, Track
from streaming.alerts.models import Alert, Severity
from streaming.alerts.services import close_alert, drop_alert, open_alert
from streaming.cues.models import TrackMapping
from streaming.stations.models import EmergencyEntry, PlaylistEntry, Station

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet


class Stage(NamedTuple):
    """How near an end is: the alert's kind, how bad that is, from how long before on."""

    kind: str
    severity: Severity
    before: timedelta


STAGES = (
    Stage("licence-over", Severity.ERROR, timedelta(0)),
    Stage("licence-ends-in-a-day", Severity.ERROR, timedelta(days=1)),
    Stage("licence-ends-in-a-week", Severity.WARNING, timedelta(days=7)),
    Stage("licence-ends-in-a-month", Severity.WARNING, timedelta(days=30)),
)
NAMED = 3


def watch_licences() -> None:
    """Open the alert that is due for each licence in use, and close those that are not true any more."""
    now = timezone.now()
    due = {f"licence:{licence.pk}": (licence, stage_of(licence, now)) for licence in _in_question(now)}
    true = {(stage.kind, subject) for subject, (_, stage) in due.items() if stage is not None}
    kinds = [stage.kind for stage in STAGES]
    for alert in Alert.objects.filter(kind__in=kinds, closed_at=None):
        if (alert.kind, alert.subject) not in true:
            moved_on = any(subject == alert.subject for _, subject in true)
            (drop_alert if moved_on else close_alert)(kind=alert.kind, subject=alert.subject)
    for subject, (licence, stage) in due.items():
        if stage is not None:
            sentence = sentence_of(licence, now)
            open_alert(kind=stage.kind, subject=subject, severity=stage.severity, sentence=sentence)


def stage_of(licence: Licence, now: datetime) -> Stage | None:
    """Return how near a licence's end is; none if it is far."""
    if licence.consent == Licence.Consent.WITHDRAWN:
        return STAGES[0]
    end = licence.valid_until
    return next((stage for stage in STAGES if end is not None and end - now <= stage.before), None)


def sentence_of(licence: Licence, now: datetime) -> str:
    """Return what ends, what that means on air, and what to do."""
    names = _names([*_loops_in_use().filter(licence=licence), *_tracks_in_use().filter(licence=licence)])
    if licence.consent == Licence.Consent.WITHDRAWN:
        return f"Consent was withdrawn for what is under the licence “{licence.name}”: {names} not aired any more."
    end = f"{licence.valid_until.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if licence.valid_until else ""
    if stage_of(licence, now) is STAGES[0]:
        return f"The licence “{licence.name}” ended on {end}: {names} not aired any more. Renew it, or choose others."
    return f"The licence “{licence.name}” ends on {end}: from then on {names} not aired. Renew it, or choose others."


def _in_question(now: datetime) -> QuerySet[Licence]:
    """Return the licences in use that are over, or will be within a month."""
    used = Exists(_loops_in_use().filter(licence=OuterRef("pk"))) | Exists(
        _tracks_in_use().filter(licence=OuterRef("pk"))
    )
    ends = Q(valid_until__lte=now + STAGES[-1].before) | Q(consent=Licence.Consent.WITHDRAWN)
    return Licence.objects.filter(ends).filter(used)


def _loops_in_use() -> QuerySet[Loop]:
    """Return the loops that some station would show."""
    mapped = Exists(TrackMapping.objects.filter(loop=OuterRef("pk")))
    chosen = Exists(Station.objects.filter(Q(default_loop=OuterRef("pk")) | Q(held_loop=OuterRef("pk"))))
    return Loop.objects.filter(mapped | chosen)


def _tracks_in_use() -> QuerySet[Track]:
    """Return the tracks that stand in some station's lists."""
    listed = (Exists(rows.filter(track=OuterRef("pk"))) for rows in (PlaylistEntry.objects, EmergencyEntry.objects))
    first, second = listed
    return Track.objects.filter(first | second)


def _names(items: Iterable[Loop | Track]) -> str:
    """Return the first names and how many more there are, with its verb."""
    names = [f"“{item}”" for item in items]
    shown, more = names[:NAMED], len(names) - NAMED
    told = ", ".join(shown) + (f" and {more} more" if more > 0 else "")
    return f"{told} {'is' if len(names) == 1 else 'are'}"
