"""Stores what encoders did, run by run, oldest first: from the link while they live, from the journal to the end.

The order matters: a run's facts are stored to its end before the next run's begin, so that a picture shown again
after a crash is known to belong to the play before.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from streaming.asrun.facts import read
from streaming.asrun.models import ErrorEntry
from streaming.asrun.services import Stored, store_facts
from streaming.nodes import leases
from streaming.nodes.models import EncoderRun
from streaming.nodes.process import keep_short

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from streaming.nodes.board import Board, RunRecord
    from streaming.nodes.folder import EncoderFolder
    from streaming.nodes.models import Node
    from streaming.stations.models import Station

FIRST_LOOK_SECONDS = 10.0
KEEP_JOURNALS = timedelta(days=1)
NOTHING_YET = 2**62
"""``stored_sequence`` of a run that waits for its turn: nothing it tells is to be stored."""


def store_runs(
    *,
    board: Board,
    folder: EncoderFolder,
    station: Station,
    node: Node,
    source_answers: bool = False,
) -> int:
    """Store what is new of every run on the board; return how many airings and steps of the sound were added.

    ``source_answers``: by poll or feed the source itself says what plays, so titles in the sound say only when.
    """
    airings = 0
    for record in board.runs():
        open_run(run=record.run, station=station, node=node, pid=record.pid)
        stored = _store(board, folder, record, source_answers=source_answers)
        airings += stored.airings + stored.steps
        if record.ended_at is not None:
            close_run(run=record.run, at=record.ended_at, exit_code=record.exit_code)
            board.close_run(record)
    return airings


def open_run(*, run: UUID, station: Station, node: Node, pid: int | None) -> EncoderRun:
    """Make sure that the run has its row: a process may have been started while the database was away."""
    row, _ = EncoderRun.objects.get_or_create(pk=run, defaults={"station": station, "node": node, "pid": pid})
    return row


def open_waiting_run(*, record: RunRecord, station: Station, node: Node) -> None:
    """Give a run that waits for its turn a row by which nothing of it is stored, whoever finds its journal."""
    told = {"station": station, "node": node, "pid": record.pid, "stored_sequence": NOTHING_YET}
    EncoderRun.objects.get_or_create(pk=record.run, defaults=told)
    if record.ended_at is not None:
        close_run(run=record.run, at=record.ended_at, exit_code=record.exit_code)


def settle(*, board: Board, folder: EncoderFolder, station: Station, node: Node) -> None:
    """Store what earlier runs left, as soon as the watch knows which one still lives."""
    board.wait_for_look(FIRST_LOOK_SECONDS)
    if leases.is_held(station=station.pk, node=node):
        begin_to_store(board=board, station=station)
    living = {record.run for record in board.runs()}
    store_left_behind(folder=folder, station=station, node=node, living=living)


def begin_to_store(*, board: Board, station: Station) -> None:
    """The turn of a run that waited has come: what it tells from now on is stored, what it told before is not."""
    for record in board.runs():
        told = board.pending(record)
        last = int(told[-1]["seq"]) if told else 0
        waited = EncoderRun.objects.filter(pk=record.run, station=station, stored_sequence=NOTHING_YET, ended_at=None)
        if waited.update(stored_sequence=last):
            board.taken(record, last)


def close_run(*, run: UUID, at: datetime, exit_code: int | None) -> None:
    """Note the run's end, once; the first word counts."""
    EncoderRun.objects.filter(pk=run, ended_at=None).update(ended_at=at, exit_code=exit_code)


def store_left_behind(*, folder: EncoderFolder, station: Station, node: Node, living: set[UUID]) -> int:
    """Store and close runs that ended while no node looked; return how many airings were added."""
    airings = 0
    runs = folder.runs()
    closed = set(EncoderRun.objects.filter(pk__in=runs).exclude(ended_at=None).values_list("pk", flat=True))
    for run in runs:
        if run in living or run in closed:
            continue
        open_run(run=run, station=station, node=node, pid=None)
        airings += store_facts(run=run, facts=read(folder.journal(run), after=0)).airings
        close_run(run=run, at=timezone.now(), exit_code=None)
    EncoderRun.objects.filter(station=station, node=node, ended_at=None).exclude(pk__in=living).update(
        ended_at=timezone.now(),
    )
    return airings


def forget_old_journals(*, folder: EncoderFolder) -> None:
    """Remove the files of runs that ended, fully stored, more than a day ago; keep the other logs short."""
    runs = folder.traces()
    for run in runs:
        keep_short(folder.log(run))
    over = timezone.now() - KEEP_JOURNALS
    for run in EncoderRun.objects.filter(pk__in=runs, ended_at__lt=over).values_list("pk", flat=True):
        folder.forget_run(run)


def store_troubles(*, board: Board, station: Station) -> None:
    """Store what the node itself saw go wrong."""
    troubles = board.troubles()
    if not troubles:
        return
    known = set(EncoderRun.objects.filter(pk__in=[t.run for t in troubles if t.run]).values_list("pk", flat=True))
    ErrorEntry.objects.bulk_create(
        ErrorEntry(
            station=station,
            run_id=trouble.run if trouble.run in known else None,
            timestamp=trouble.at,
            service="node",
            severity=trouble.severity,
            message=trouble.message,
            context=trouble.context,
        )
        for trouble in troubles
    )
    board.troubles_stored(troubles)


def _store(board: Board, folder: EncoderFolder, record: RunRecord, *, source_answers: bool) -> Stored:
    """Store a run's new facts: those told by the link, or the journal where those do not follow on what is stored.

    A run that ended is always read from its journal: what was on its way when it ended is only there.
    """
    told = board.pending(record)
    stored = EncoderRun.objects.values_list("stored_sequence", flat=True).get(pk=record.run)
    first_new = next((fact["seq"] for fact in told if fact["seq"] > stored), None)
    facts: Iterable[dict[str, object]] = told
    journal = folder.journal(record.run)
    if (record.ended_at is not None or (first_new is not None and first_new != stored + 1)) and journal.exists():
        facts = _merged(read(journal, after=stored), told)
    result = store_facts(run=record.run, facts=facts, source_answers=source_answers)
    board.taken(record, max(result.sequence, stored))
    return result


def _merged(journal: Iterable[dict[str, object]], told: list[dict[str, object]]) -> Iterable[dict[str, object]]:
    """Yield the journal's facts, then those only told (a full disk may owe some); the storer passes over twins."""
    last = 0
    for fact in journal:
        last = int(fact["seq"])  # type: ignore[call-overload]
        yield fact
    yield from (fact for fact in told if int(fact["seq"]) > last)  # type: ignore[call-overload]
