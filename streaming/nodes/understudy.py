"""The taking side of a hand-over: an encoder that waits, warm, for its turn.

It shows the station's picture, reads its radio and is ready for every destination, but its deadline is long past, so
nothing goes to the network. No cue is given to it, and of what it tells nothing is stored: the station is on air
elsewhere, and its facts come from there. When the row names this node, a keeper takes watch and board over as they are.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from config.lib.notify import notify
from streaming.nodes import spec, storing
from streaming.nodes.board import Board
from streaming.nodes.fence import HELD
from streaming.nodes.folder import EncoderFolder
from streaming.nodes.machine import State
from streaming.nodes.models import Encoder
from streaming.nodes.watch import Watch
from streaming.stations.models import Station

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from streaming.nodes.difference import Wanted
    from streaming.nodes.models import Node

log = structlog.get_logger(__name__)

REBUILD_SECONDS = 10.0
HERE_ONLY = ("hls", "recording")
"""Outputs on this machine's disk: what is on air elsewhere is shown and recorded there."""


class Understudy:
    """One station's; used by one thread, the agent's."""

    def __init__(self, station: UUID, node: Node, command: Sequence[str] = ()) -> None:
        """Begin to start it."""
        self.station = station
        self.board = Board()
        self.watch = Watch(EncoderFolder(station), self.board, command=command)
        self.watch.may_send(self.board.fence.order(HELD))
        self._node = node
        self._rebuild_at = 0.0
        self.dismissed = self._ready = False
        self.watch.start()

    def look(self) -> None:
        """Keep it as the station is wanted, and say when it is ready."""
        station = Station.objects.select_related("profile").filter(pk=self.station).first()
        if station is None:
            self.dismiss()
            return
        for record in self.board.runs():
            storing.open_waiting_run(record=record, station=station, node=self._node)
        if self.dismissed:
            return
        if time.monotonic() >= self._rebuild_at:
            self.watch.want(waiting(spec.wanted_for(station)[0]))
            self._rebuild_at = time.monotonic() + REBUILD_SECONDS
        if self.board.status().state is State.RUNNING and not self._ready:
            asked = Encoder.objects.filter(station=self.station, handover_to=self._node)
            self._ready = bool(asked.update(handover_ready=True))
            notify(station=str(self.station), what="control")

    def dismiss(self) -> None:
        """Begin to end it: the station stays where it is, or goes elsewhere."""
        if not self.dismissed:
            log.info("the waiting encoder is not needed", station=str(self.station))
            self.dismissed = True
            self.watch.end()

    @property
    def is_over(self) -> bool:
        """Whether it was dismissed and nothing of it is left."""
        return self.dismissed and not self.watch.is_alive()


def waiting(wanted: Wanted) -> Wanted:
    """Return what is wanted of an encoder until its turn comes: no facts of its own, nothing on this machine's disk."""
    playlist = wanted.source.get("kind") == "playlist"
    return replace(
        wanted,
        source={"kind": "silence"} if playlist else wanted.source,
        outputs=tuple(output for output in wanted.outputs if output["kind"] not in HERE_ONLY),
        takeover=None,
    )
