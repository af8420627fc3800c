"""Keeps each finished file of a recording; where it lies is known from whose it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streaming.outputs import disk
from streaming.outputs.models import Destination, Recording

if TYPE_CHECKING:
    from streaming.asrun.facts import Recorded
    from streaming.nodes.models import EncoderRun


def store_recorded(run: EncoderRun, fact: Recorded) -> Recording:
    """Keep one file; the caller has locked the run. The destination may have been removed in the meantime."""
    destination = Destination.objects.filter(pk=fact.output, station_id=run.station_id).first()
    return Recording.objects.create(
        station_id=run.station_id,
        destination=destination,
        node_id=run.node_id,
        run=run,
        sequence=fact.sequence,
        path=str(disk.folder_of(run.station.slug, fact.output) / fact.file),
        stored_name="",
        started_at=fact.started_at,
        seconds=fact.seconds,
        bytes=fact.bytes,
    )
