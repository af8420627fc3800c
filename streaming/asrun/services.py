"""Stores what encoders did: every fact once, in order, however often it is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import DataError, IntegrityError, transaction

from streaming.asrun import facts as reading
from streaming.asrun.models import Airing
from streaming.asrun.recorder import Recorder
from streaming.nodes.models import EncoderRun

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from streaming.stations.models import Station

BATCH = 500


@dataclass(frozen=True)
class Stored:
    """What storing facts came to: the last stored sequence, and how many facts, airings and sound steps were new."""

    sequence: int
    facts: int
    airings: int
    steps: int = 0


def store_facts(*, run: UUID, facts: Iterable[dict[str, Any]], source_answers: bool = False) -> Stored:
    """Store the facts of a run that are not stored yet; those already stored are passed over.

    ``facts`` are journal lines in order of ``seq``. They are stored in batches; each batch and the run's
    ``stored_sequence`` are one transaction, so an interruption anywhere loses and doubles nothing.
    ``source_answers``: the source itself still says what plays, so titles in the sound are no word of theirs.

    Raises:
        EncoderRun.DoesNotExist: the run's row was not made before.

    """
    total = Stored(sequence=0, facts=0, airings=0)
    batch: list[dict[str, Any]] = []
    for fact in facts:
        batch.append(fact)
        if len(batch) >= BATCH:
            total = _added(total, _store(run, batch, source_answers=source_answers))
            batch = []
    return _added(total, _store(run, batch, source_answers=source_answers))


@transaction.atomic
def close_airings(*, station: Station, at: datetime) -> int:
    """End what is still on air: the station was taken off, or its encoder gave up. Returns how many were open."""
    still_open = list(Airing.objects.select_for_update().filter(station=station, duration_seconds=None))
    for airing in still_open:
        airing.duration_seconds = lasted(airing.started_at, at)
        airing.save(update_fields=["duration_seconds"])
    return len(still_open)


def lasted(start: datetime, end: datetime) -> int:
    """Return whole seconds between two moments; a clock set back gives 0, not a negative length."""
    return max(0, round((end - start).total_seconds()))


@transaction.atomic
def _store(run_id: UUID, lines: list[dict[str, Any]], *, source_answers: bool) -> Stored:
    """Store one batch.

    1. Lock the run, so that two storers of one run queue up.
    2. Pass over what is stored already, and what is no fact.
    3. Store each fact, then the sequence reached.
    """
    run = EncoderRun.objects.select_for_update().select_related("station").get(pk=run_id)
    recorder = Recorder(run, source_answers=source_answers)
    count = 0
    for line in lines:
        fact = reading.parse(line)
        if fact is None or fact.sequence <= run.stored_sequence:
            continue
        _record(recorder, fact, line)
        run.stored_sequence = fact.sequence
        count += 1
    if count:
        run.save(update_fields=["stored_sequence"])
        recorder.finish()
    return Stored(sequence=run.stored_sequence, facts=count, airings=recorder.airings, steps=recorder.steps)


def _record(recorder: Recorder, fact: reading.Fact, line: dict[str, Any]) -> None:
    """Store one fact; one that the database refuses is kept as an error, so that it does not hold up the rest."""
    try:
        with transaction.atomic():
            recorder.record(fact)
    except (DataError, IntegrityError) as error:
        recorder.record(reading.unstorable(fact, line, error))


def _added(total: Stored, more: Stored) -> Stored:
    return Stored(
        more.sequence,
        total.facts + more.facts,
        total.airings + more.airings,
        total.steps + more.steps,
    )
