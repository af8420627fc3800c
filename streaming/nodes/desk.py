"""One station's dealings with the database: what is wanted, what to show, what happened.

A thread of its own per station. While the database is away it waits and tries again; the watch looks after the
encoder meanwhile, and everything that happened lies on the board and in the journal until it can be stored.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import structlog
from django.utils import timezone

from streaming.asrun.services import close_airings
from streaming.nodes import backoff, cueing, heartbeat, improving, leases, spec, storing
from streaming.nodes.board import Trouble
from streaming.nodes.database import AWAY, borrowed
from streaming.nodes.handing import Handing
from streaming.nodes.machine import State
from streaming.nodes.polling import Polling
from streaming.nodes.prefetching import picture_expected, prepare_after
from streaming.nodes.scheduling import Schedule
from streaming.nodes.sentences import Said
from streaming.outputs.recording import record_outputs
from streaming.outputs.renewals import claim_renewals
from streaming.stations.models import Station

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from streaming.cues.models import Cue
    from streaming.nodes.board import Board
    from streaming.nodes.difference import Json
    from streaming.nodes.identity import ThisNode
    from streaming.nodes.timing import Due
    from streaming.nodes.watch import Watch
    from streaming.sources.models import TrackChange

log = structlog.get_logger(__name__)

BEAT_SECONDS = 2.0
REBUILD_SECONDS = 10.0
TIDY_SECONDS = 600.0
LONGEST_WAIT = 4.0
RESTING = (State.STOPPED, State.FAILED)


class Desk(threading.Thread):
    """The database side of one station on this node."""

    def __init__(
        self, station: UUID, node: ThisNode, board: Board, watch: Watch, announce: Callable[[UUID], None]
    ) -> None:
        """``announce`` tells the web that something about the station changed; it must not block."""
        super().__init__(name=f"desk-{station.hex[:8]}", daemon=True)
        self.station_id = station
        self.done = threading.Event()
        self._node = node
        self._board = board
        self._watch = watch
        self._announce = announce
        self._polling = Polling()
        self._schedule = Schedule()
        self._handing = Handing(station, node, board)
        self._told: list[TrackChange] = []
        self._expected: Json | None = None
        self._owed: set[str] = set()
        self._settled = False
        self._begun = False
        self._closing = False
        self._leaving = False
        self._lost = False
        self._restarts = 0
        self._left_out = Said()
        self._beat_at = self._rebuild_at = self._tidy_at = 0.0
        self._failures = 0

    @property
    def holds(self) -> bool:
        """Whether this node has the station, as far as it knows."""
        return not self._lost and not self.done.is_set()

    def close(self) -> None:
        """Take the encoder off air, store all of it, let go of the station, end."""
        self._closing = True
        self._watch.want(None)
        self._board.poke("stop")

    def leave(self) -> None:
        """Leave the encoder on air, store what is known, keep the station for the next node, end."""
        self._leaving = True
        self._board.poke("stop")

    # The thread.

    def run(self) -> None:
        """Work whenever there is something to do, and every two seconds."""
        wait = 0.0
        while not self.done.is_set():
            self._owed |= self._board.wait(wait)
            try:
                with borrowed():
                    self._work(self._owed)
            except AWAY as error:
                wait = self._failed("The database is away; the encoder goes on", error)
            except Exception as error:  # noqa: BLE001 - reported, counted and tried again; the station lives on
                wait = self._failed("The node cannot do all that this station needs", error)
            else:
                self._owed = set()
                self._failures = 0
                wait = max(0.0, self._beat_at - time.monotonic())
        self._polling.stop()

    def _failed(self, sentence: str, error: Exception) -> float:
        """Count and report a failure, the first in a row loudly; return how long to wait."""
        self._failures += 1
        if self._failures == 1:
            away = isinstance(error, AWAY)
            log.error(sentence, station=str(self.station_id), error=str(error).strip(), exc_info=not away)
            if not away:
                self._board.trouble(Trouble(timezone.now(), "critical", f"{sentence}: {error}", None))
        if self._leaving:
            self.done.set()  # the journal keeps what could not be stored
        return min(LONGEST_WAIT, backoff.delay(self._failures))

    def _work(self, reasons: set[str]) -> None:
        """Do what is due.

        1. Show what is new, first of all: a track change waits for nothing else.
        2. Store what happened.
        3. Every two seconds, and when told to: compare what is wanted, write how it is.
        """
        station = Station.objects.select_related("profile").filter(pk=self.station_id).first()
        if station is None:
            self._vanish()
            return
        self._settle(station)
        titles = self._schedule.hear(self._board.signs())
        if self._begun:
            self._show_news(station)
        airings = storing.store_runs(
            board=self._board,
            folder=self._watch.folder,
            station=station,
            node=self._node.row(),
            source_answers=self._polling.answers,
        )
        if self._begun and titles:
            self._show_news(station)  # those that became changes just now
        while self._told:
            prepare_after(self._told.pop())
        storing.store_troubles(board=self._board, station=station)
        if self._leaving:
            self.done.set()
            return
        now = time.monotonic()
        if now >= self._beat_at or reasons & {"control", "state", "stop"}:
            self._reconcile(station, rebuild="control" in reasons or now >= self._rebuild_at)
            self._beat(station)
        if airings or "state" in reasons:
            self._announce(self.station_id)

    def _settle(self, station: Station) -> None:
        """Once: store what earlier runs left, as soon as the watch knows which one still lives."""
        if self._settled:
            return
        storing.settle(board=self._board, folder=self._watch.folder, station=station, node=self._node.row())
        self._settled = True

    def _vanish(self) -> None:
        """The station was deleted: its encoder ends, and there is nothing left to write to."""
        self._watch.want(None)
        if self._board.status().state in RESTING:
            self._end()

    # What to show.

    def _show_news(self, station: Station) -> None:
        self._schedule.look(station, self._board.status())
        for cue, due in self._schedule.news(station):
            self._show(cue, station, due)
            self._told += [cue.change] if cue.change is not None else []
        self._watch.retime(self._schedule.instants())

    def _show(self, cue: Cue, station: Station, due: Due | None) -> None:
        self._watch.show(*cueing.as_told(cue, station), due)
        cueing.mark_sent(cue=cue)

    # What is wanted.

    def _reconcile(self, station: Station, *, rebuild: bool) -> None:
        """Bring what is wanted to the watch; what did not change changes nothing there."""
        if self._is_unwanted(station):
            self._polling.stop()
            self._watch.want(None)
            self._begun = False
            return
        if not self._begun:
            self._begin(station)
        if rebuild:
            wanted, left_out = spec.wanted_for(station)
            for sentence in self._left_out.new(left_out):
                self._board.trouble(Trouble(timezone.now(), "error", sentence, None))
            self._watch.want(wanted)
            self._rebuild_at = time.monotonic() + REBUILD_SECONDS
            for output in claim_renewals(station=station):
                self._watch.renew(output)
        self._polling.follow(station)
        better = improving.better_cue(station=station)
        if better is not None:
            self._show(better, station, self._schedule.due_of(better))
        expected, self._expected = self._expected, picture_expected(station)
        if self._expected is not None and self._expected != expected:
            self._watch.prepare(self._expected)
        if station.restart_wanted_at is not None and self._claim_restart(station):
            self._watch.restart()

    def _is_unwanted(self, station: Station) -> bool:
        """Tell whether the station is not to be on air here."""
        going = self._handing.going_to is not None
        return self._closing or self._lost or going or not station.wanted_on_air

    def _begin(self, station: Station) -> None:
        """Once: give a new or adopted encoder the cue it should have."""
        self._schedule.keep(station)
        self._show_news(station)
        cue = cueing.cue_to_begin_with(station=station, now=timezone.now())
        if cue is not None:
            self._show(cue, station, self._schedule.due_of(cue))
        self._rebuild_at = 0.0
        self._begun = True

    def _claim_restart(self, station: Station) -> bool:
        asked = Station.objects.filter(pk=station.pk, restart_wanted_at=station.restart_wanted_at)
        return bool(asked.update(restart_wanted_at=None))

    # How it is.

    def _beat(self, station: Station) -> None:
        """Write the rows, renew the lease; without it, or when nobody wants the station, end."""
        status = self._board.status()
        self._beat_at = time.monotonic() + BEAT_SECONDS
        held = heartbeat.beat(
            station=self.station_id,
            node=self._node.row(),
            status=status,
            usage=self._watch.usage(),
            restarts=status.restarts - self._restarts,
        )
        if held:
            self._restarts = status.restarts  # what was not written is counted by the next beat
        if not held and not leases.claim(station=self.station_id, node=self._node.row()):
            self._lose()
        else:
            if self._handing.look():
                self._watch.want(None)
            self._schedule.keep(station)
            outputs = status.statistics.get("outputs") or []
            run, wanted = status.run if status.pid else None, station.wanted_on_air
            if record_outputs(station=station, run=run, told=outputs, wanted=wanted):
                self._announce(self.station_id)
        if time.monotonic() >= self._tidy_at:
            storing.forget_old_journals(folder=self._watch.folder)
            self._tidy_at = time.monotonic() + TIDY_SECONDS
        self._rest(station)

    def _lose(self) -> None:
        if not self._lost:
            self._lost = True
            log.error("another node has this station", station=str(self.station_id))
            self._watch.want(None)

    def _rest(self, station: Station) -> None:
        """When the encoder rests and all is stored: end the airing; let go of a station nobody wants."""
        state = self._board.status().state
        if state not in RESTING or self._board.runs() or (self._lost and state is not State.STOPPED):
            return
        if self._handing.going_to is not None and station.wanted_on_air and not self._lost:
            if self._handing.finish():
                self._end()
            else:
                self._board.poke("control")  # cancelled at the last moment: on air here again
            return
        unwanted = self._is_unwanted(station)
        if state is State.STOPPED and not unwanted:
            return  # about to start
        if not self._lost:
            close_airings(station=station, at=timezone.now())
        if unwanted:
            if not self._lost:
                leases.release(station=self.station_id, node=self._node.row())
            self._end()

    def _end(self) -> None:
        self._announce(self.station_id)
        self._watch.leave()
        self.done.set()
