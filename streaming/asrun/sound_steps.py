"""Keeps each step of the sound: to a backup, to the emergency playlist, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streaming.asrun.models import Airing, SoundStep
from streaming.nodes.models import Encoder

if TYPE_CHECKING:
    from streaming.asrun.facts import Stepped
    from streaming.nodes.models import EncoderRun
    from streaming.stations.models import Station


def store_step(run: EncoderRun, fact: Stepped) -> SoundStep:
    """Keep one step and count it; the caller has locked the run.

    What was on air when its sound was lost is marked: nobody heard the rest of it.

    Raises:
        ValueError: the lane is none we know.

    """
    lane = SoundStep.Lane(fact.lane)
    step = SoundStep.objects.create(
        station=run.station,
        run=run,
        sequence=fact.sequence,
        at=fact.at,
        lane=lane,
        name=fact.name,
        reason=fact.reason,
    )
    encoder, _ = Encoder.objects.select_for_update().get_or_create(station=run.station)
    total = dict(encoder.lane_steps_total)
    total[lane.value] = total.get(lane.value, 0) + 1
    encoder.lane_steps_total = total
    encoder.lane, encoder.lane_name = lane.value, fact.name  # at once: the next statistics are seconds away
    encoder.save(update_fields=["lane_steps_total", "lane", "lane_name"])
    if lane not in (SoundStep.Lane.MAIN, SoundStep.Lane.TAKEOVER):
        still_open = Airing.objects.filter(station=run.station, duration_seconds=None, started_at__lte=fact.at)
        still_open.update(had_errors=True, error_message=fact.reason)
    return step


def latest_step(*, station: Station) -> SoundStep | None:
    """Return where the sound last went, if it ever went anywhere."""
    return SoundStep.objects.filter(station=station).order_by("-at", "-id").first()
