"""The node: finds what is on air here, hears what is wanted, and has a keeper for each of its stations."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import structlog

from streaming.nodes import boottime, folder, leases, services, taking
from streaming.nodes.announcer import Announcer
from streaming.nodes.archivist import Archivist
from streaming.nodes.database import AWAY, borrowed
from streaming.nodes.fence import FENCE
from streaming.nodes.identity import ThisNode
from streaming.nodes.keeper import Keeper, known_of
from streaming.nodes.listener import Listener
from streaming.nodes.renewing import Renewals
from streaming.nodes.understudy import Understudy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from streaming.nodes.identity import Described
    from streaming.nodes.keeper import Known
    from streaming.nodes.taking import Row, Table

log = structlog.get_logger(__name__)

LOOK_SECONDS = 2.0
LOOK_SECONDS_OF_SEVERAL = 1.0
END_SECONDS = 7.0
LIFT_SECONDS = 2.0
MOVE_AGAIN_SECONDS = 60.0


class Agent:
    """Runs until stopped; one per home (``identity.HomeLock``)."""

    def __init__(self, command: Sequence[str] = (), described: Described | None = None) -> None:
        """``command`` starts an encoder with a spec as its last argument; empty: the real one."""
        self.node = ThisNode(described)
        self.keepers: dict[UUID, Keeper] = {}
        self.understudies: dict[UUID, Understudy] = {}
        self._command = tuple(command)
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._leave_on_air = False
        self._started = False
        self._away = False
        self._pace = LOOK_SECONDS
        self._moved: dict[UUID, float] = {}
        self._announcer = Announcer()
        self._archivist = Archivist(self.node)
        self._listener = Listener(self._heard)
        self._renewals = Renewals(self.node.name, self._holding)

    def stop(self, *, leave_on_air: bool = False) -> None:
        """End soon: take the encoders off air, or leave them on air for the next node."""
        self._leave_on_air = leave_on_air
        self._stopped.set()
        self._wake.set()

    def run(self) -> None:
        """Adopt what is on air, then look every second or two and whenever something is said, until stopped."""
        log.info("node begins", node=self.node.name)
        self._announcer.start()
        self._adopt_all()
        self._renewals.start()
        self._listener.start()
        self._archivist.start()
        while not self._stopped.is_set():
            self._look()
            self._wake.wait(self._pace)
            self._wake.clear()
        self._end()

    # What is heard and seen.

    def _heard(self, station: UUID | None, what: str) -> None:
        """Wake the station something was said about; after a reconnect wake all."""
        if station is None:
            self._renewals.wake()
            for keeper in list(self.keepers.values()):
                keeper.board.poke("change", "cue", "control")
        elif (keeper_of_it := self.keepers.get(station)) is not None:
            keeper_of_it.board.poke(what)
        if station is None or (what == "control" and station not in self.keepers):
            self._wake.set()

    def _holding(self) -> list[Keeper]:
        """Return the keepers whose stations this node has; asked by the thread that renews."""
        return [keeper for keeper in list(self.keepers.values()) if keeper.holds]

    def _adopt_all(self) -> None:
        """Have a keeper for every encoder on air here, before and without asking the database."""
        for found in folder.every():
            if found.occupied():
                self._keep(Keeper(found.station, self.node, self._announcer.announce, command=self._command))

    def _look(self) -> None:
        """Compare the stations wanted with those kept; a database that is away changes nothing."""
        try:
            with borrowed():
                self.node.seen(started=not self._started)
                self._started = True
                self._follow(taking.read(self.node.observed))
        except AWAY as error:
            self.node.observed.outage()
            if not self._away:
                log.exception(
                    "the database is away; what becomes of encoders is up to their leases", error=_line(error)
                )
            self._away = True
            return
        if self._away:
            log.info("the database is back")
        self._away = False

    def _follow(self, table: Table) -> None:
        """Do what one look at the tables asks for.

        1. Forget stations that are looked after no longer.
        2. Take over, or end, encoders that waited here for their turn.
        3. Take the stations whose turn it is.
        4. Begin to hand over what this node should not have.
        """
        me = self.node.row().pk
        self._pace = LOOK_SECONDS_OF_SEVERAL if table.several else LOOK_SECONDS
        for station in [pk for pk, keeper in self.keepers.items() if keeper.done]:
            del self.keepers[station]
        self._follow_understudies(table, me)
        kept = self.keepers.keys() | {pk for pk, one in self.understudies.items() if one.dismissed}
        for row in taking.to_take(table, self.node.observed, me=me, kept=kept):
            self._take(row, fenced=table.several and row.needs.pinned != me)
        for row, machine, why in taking.to_move(table, me=me):
            if self._moved.get(row.station, 0.0) <= boottime.now():
                self._moved[row.station] = boottime.now() + MOVE_AGAIN_SECONDS
                log.info("to be handed over", station=str(row.station), to=machine.name, reason=f"this node {why}")
                services.ask_for_handover(station=row.station, holder=me, to=machine.pk)

    def _take(self, row: Row, *, fenced: bool) -> None:
        """Take a station and have a keeper for it; its encoder begins with the deadline of this very UPDATE."""
        known = known_of(row.station)
        clear = not folder.EncoderFolder(row.station).occupied()
        sent = boottime.now()
        if not leases.take(holding=row.holding, node=self.node.row().pk, fenced=fenced and clear):
            return
        log.info("station taken", station=str(row.station), held_by=row.holding.node, fenced=fenced)
        keeper = self._keeper_of(row.station, known)
        keeper.may_send(sent + FENCE if fenced else None)
        if row.holding.node != self.node.row().pk:
            keeper.watch.go_on_after(known.entry if row.holding.node is not None else None)
        self._keep(keeper)

    def _keeper_of(self, station: UUID, known: Known) -> Keeper:
        understudy = self.understudies.pop(station, None)
        announce = self._announcer.announce
        return Keeper(station, self.node, announce, known=known, command=self._command, understudy=understudy)

    def _follow_understudies(self, table: Table, me: int) -> None:
        """Have an encoder wait for each station that is to come here; begin with those that came."""
        coming = {row.station for row in table.rows if row.handover_to == me and row.holding.node != me}
        here = {row.station for row in table.rows if row.holding.node == me}
        for station in [pk for pk, one in self.understudies.items() if one.is_over]:
            del self.understudies[station]
        waiting = {pk for pk, one in self.understudies.items() if not one.dismissed}
        for station in here & waiting - self.keepers.keys():
            known = known_of(station)
            keeper = self._keeper_of(station, known)
            keeper.watch.go_on_after(known.entry)
            self._keep(keeper)
            self._renewals.wake()
        for station in coming - self.understudies.keys() - self.keepers.keys():
            self.understudies[station] = Understudy(station, self.node.row(), self._command)
        for station, understudy in self.understudies.items():
            if station not in coming:
                understudy.dismiss()
            understudy.look()

    def _keep(self, keeper: Keeper) -> None:
        self.keepers[keeper.station] = keeper
        keeper.start()

    # The end.

    def _end(self) -> None:
        """Close or leave all stations, together, within seven seconds."""
        deadline = time.monotonic() + END_SECONDS
        self._listener.stop()
        self._archivist.stop()
        if self._leave_on_air and self.keepers and not self._renewals.lift(LIFT_SECONDS):
            log.warning("deadlines were not lifted: another node may take the stations in some seconds")
        for keeper in self.keepers.values():
            if self._leave_on_air:
                keeper.leave()
            else:
                keeper.close()
        for understudy in self.understudies.values():
            understudy.dismiss()
        for keeper in self.keepers.values():
            if not keeper.finish(deadline):
                log.error("a station did not end in time", station=str(keeper.station))
        for understudy in self.understudies.values():
            understudy.watch.join(max(0.1, deadline - time.monotonic()))
        self._renewals.stop()
        self._announcer.stop()
        self._announcer.join(max(0.1, deadline - time.monotonic()))
        log.info("node ends", node=self.node.name, left_on_air=self._leave_on_air)


def _line(error: Exception) -> str:
    return str(error).strip()
