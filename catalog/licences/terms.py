"""Whether a loop or track may be aired now, and why not. Pure: ``item.licence`` has been loaded."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from django.utils import timezone

from catalog.licences.models import Licence

if TYPE_CHECKING:
    from datetime import datetime

    from catalog.music.models import Track
    from catalog.visuals.models import Loop


def may_air(item: Loop | Track | None, at: datetime | None = None) -> bool:
    """Tell whether something may be aired at an instant, or now: nothing is known against it."""
    licence = item.licence if item is not None else None
    return licence is None or licence.state_at(at) == Licence.State.IN_FORCE


def why_not(item: Loop | Track, at: datetime | None = None) -> str:
    """Return why something may not be aired, and the remedy; empty: it may."""
    licence = item.licence
    state = licence.state_at(at) if licence is not None else Licence.State.IN_FORCE
    if licence is None or state == Licence.State.IN_FORCE:
        return ""
    remedy = "Renew the licence, or use something else."
    if state == Licence.State.WITHDRAWN:
        return f"{item} is not aired: consent was withdrawn for everything under the licence “{licence.name}”."
    if state == Licence.State.NOT_BEGUN:
        return f"{item} is not aired before {_moment(licence.valid_from)}: its licence “{licence.name}” begins then."
    return f"{item} is not aired: its licence “{licence.name}” ended on {_moment(licence.valid_until)}. {remedy}"


def state_of(item: Loop | Track) -> str:
    """Return the state of something's licence for tables: a :class:`Licence.State`, or empty without one."""
    return item.licence.state_at(timezone.now()).value if item.licence is not None else ""


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if at is not None else ""
