"""Words about where a station's sound comes from, for operators and listeners. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from streaming.asrun.models import SoundStep

if TYPE_CHECKING:
    from datetime import datetime

Lane = SoundStep.Lane
STOOD_IN = frozenset({Lane.BACKUP, Lane.EMERGENCY})


def is_lost(lane: str) -> bool:
    """Tell whether something else than the main source or a presenter is heard; not known is not lost."""
    return lane in {Lane.BACKUP, Lane.EMERGENCY, Lane.SILENCE}


def heard(lane: str, name: str) -> str:
    """Return what is heard, for the middle of a sentence: ``the backup “Spare”``."""
    words = {
        Lane.TAKEOVER: f"the presenter {name}" if name else "a presenter",
        Lane.MAIN: "the main source",
        Lane.BACKUP: f"the backup “{name}”" if name else "a backup",
        Lane.EMERGENCY: "the emergency playlist",
        Lane.SILENCE: "silence",
    }
    return words.get(Lane(lane), "") if lane in Lane.values else ""


def told(lane: str, name: str, since: datetime | None) -> str:
    """Return where the sound comes from and since when, as a sentence; "" while it is not known.

    The time is that of the reader's zone as Django has it, without a date within a day.
    """
    what = heard(lane, name)
    if not what:
        return ""
    when = f" since {_clock(since)}" if since else ""
    if is_lost(lane):
        return f"Main source lost, playing {what}{when}."
    return f"{what[0].upper()}{what[1:]} plays{when}."


def for_listeners(lane: str) -> str:
    """Return what listeners are told; "" where all is as it should be or nothing is known."""
    words = {
        Lane.BACKUP: _("The station plays from a spare source for a moment."),
        Lane.EMERGENCY: _("The station's source is away; it plays from its own list until it is back."),
        Lane.SILENCE: _("The station's source is away; the sound returns by itself."),
    }
    return words.get(Lane(lane), "") if lane in Lane.values else ""


def _clock(moment: datetime) -> str:
    local = timezone.localtime(moment)
    old = (timezone.now() - moment).days >= 1
    return local.strftime("%d %b %H:%M" if old else "%H:%M")
