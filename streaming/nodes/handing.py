"""The holder's side of a hand-over: wait until the other machine's encoder is warm, end our own, give the station away.

Until our own encoder is asked to end nothing is lost: whatever is wrong on the other side ends the hand-over, and the
station goes on here. ``streaming/nodes/understudy.py`` is the other side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from django.utils import timezone

from config.lib.notify import notify
from streaming.nodes import boottime, leases
from streaming.nodes.board import Trouble
from streaming.nodes.models import Encoder

if TYPE_CHECKING:
    from uuid import UUID

    from streaming.nodes.board import Board
    from streaming.nodes.identity import ThisNode

log = structlog.get_logger(__name__)

READY_SECONDS = 20.0


class Handing:
    """One station's hand-overs, one after another; used by one thread, the desk's."""

    def __init__(self, station: UUID, node: ThisNode, board: Board) -> None:
        """Nothing is asked."""
        self.going_to: int | None = None
        self._station = station
        self._node = node
        self._board = board
        self._since: tuple[int, float] | None = None

    def look(self) -> bool:
        """Look whether the station is to go elsewhere; ``True``: its encoder has to end now.

        Once it ends, only the row decides: it goes to the other machine, or, taken back meanwhile, on air here again.
        """
        asked = Encoder.objects.filter(station=self._station, node=self._node.row(), handover_to__isnull=False)
        row = asked.values_list("handover_to_id", "handover_to__name", "handover_ready").first()
        if row is None:
            self.going_to = self._since = None
            return False
        to, name, ready = row
        now = boottime.now()
        if self._since is None or self._since[0] != to:
            self._since = (to, now)
        if self.going_to is not None:
            return False
        if ready and self._node.observed.lives(to):
            self.going_to = to
            log.info("handing over", station=str(self._station), to=name)
            return True
        if now - self._since[1] > READY_SECONDS:
            self._cancel(to, f"{name} had no encoder ready within {READY_SECONDS:.0f} seconds")
        return False

    def finish(self) -> bool:
        """Give the station away: our encoder has ended. ``False``: it stays, and has to go on air here again."""
        to, self.going_to = self.going_to, None
        if to is None:
            return False
        if not self._node.observed.lives(to):
            self._cancel(to, "that machine was lost at the last moment")
            return False
        given = leases.hand(station=self._station, node=self._node.row(), to=to)
        if given:
            notify(station=str(self._station), what="control")
        return given

    def _cancel(self, to: int, why: str) -> None:
        mine = Encoder.objects.filter(station=self._station, node=self._node.row(), handover_to=to)
        if mine.update(handover_to=None, handover_ready=False):
            sentence = f"The hand-over was cancelled: {why}. The station goes on where it is."
            self._board.trouble(Trouble(timezone.now(), "warning", sentence, None))
            notify(station=str(self._station), what="control")
        self._since = None
