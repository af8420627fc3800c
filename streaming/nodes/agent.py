"""The node: finds what is on air here, hears what is wanted, and has a keeper for each of its stations."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import structlog

from streaming.nodes import folder, leases
from streaming.nodes.announcer import Announcer
from streaming.nodes.archivist import Archivist
from streaming.nodes.database import AWAY, borrowed
from streaming.nodes.identity import ThisNode
from streaming.nodes.keeper import Keeper, known_of
from streaming.nodes.listener import Listener
from streaming.stations.models import Station

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

log = structlog.get_logger(__name__)

LOOK_SECONDS = 2.0
END_SECONDS = 7.0


class Agent:
    """Runs until stopped; one per home (``identity.HomeLock``)."""

    def __init__(self, command: Sequence[str] = ()) -> None:
        """``command`` starts an encoder with a spec as its last argument; empty: the real one."""
        self.node = ThisNode()
        self.keepers: dict[UUID, Keeper] = {}
        self._command = tuple(command)
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._leave_on_air = False
        self._started = False
        self._away = False
        self._announcer = Announcer()
        self._archivist = Archivist(self.node)
        self._listener = Listener(self._heard)

    def stop(self, *, leave_on_air: bool = False) -> None:
        """End soon: take the encoders off air, or leave them on air for the next node."""
        self._leave_on_air = leave_on_air
        self._stopped.set()
        self._wake.set()

    def run(self) -> None:
        """Adopt what is on air, then look every two seconds and whenever something is said, until stopped."""
        log.info("node begins", node=self.node.name)
        self._announcer.start()
        self._adopt_all()
        self._listener.start()
        self._archivist.start()
        while not self._stopped.is_set():
            self._look()
            self._wake.wait(LOOK_SECONDS)
            self._wake.clear()
        self._end()

    # What is heard and seen.

    def _heard(self, station: UUID | None, what: str) -> None:
        """Wake the station something was said about; after a reconnect wake all."""
        if station is None:
            for keeper in list(self.keepers.values()):
                keeper.board.poke("change", "cue", "control")
        elif (keeper_of_it := self.keepers.get(station)) is not None:
            keeper_of_it.board.poke(what)
        if station is None or (what == "control" and station not in self.keepers):
            self._wake.set()

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
                self._take_stations()
        except AWAY as error:
            if not self._away:
                log.exception("the database is away; encoders on air go on", error=str(error).strip())
            self._away = True
            return
        if self._away:
            log.info("the database is back")
        self._away = False

    def _take_stations(self) -> None:
        for station in [pk for pk, keeper in self.keepers.items() if keeper.done]:
            del self.keepers[station]
        for station in Station.objects.filter(wanted_on_air=True).values_list("pk", flat=True):
            if station not in self.keepers:
                life, stored = known_of(station)
                if leases.take(station=station, node=self.node.row()):
                    self._keep(
                        Keeper(
                            station,
                            self.node,
                            self._announcer.announce,
                            life=life,
                            stored=stored,
                            command=self._command,
                        ),
                    )

    def _keep(self, keeper: Keeper) -> None:
        self.keepers[keeper.desk.station_id] = keeper
        keeper.start()

    # The end.

    def _end(self) -> None:
        """Close or leave all stations, together, within seven seconds."""
        deadline = time.monotonic() + END_SECONDS
        self._listener.stop()
        self._archivist.stop()
        for keeper in self.keepers.values():
            if self._leave_on_air:
                keeper.leave()
            else:
                keeper.close()
        for keeper in self.keepers.values():
            if not keeper.finish(deadline):
                log.error("a station did not end in time", station=str(keeper.desk.station_id))
        self._announcer.stop()
        self._announcer.join(max(0.1, deadline - time.monotonic()))
        log.info("node ends", node=self.node.name, left_on_air=self._leave_on_air)
