"""One station on this node: the watch, the desk, and the board between them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from streaming.cues.prefetch import entry_on_air
from streaming.nodes.board import Board
from streaming.nodes.desk import RESTING, Desk
from streaming.nodes.folder import EncoderFolder
from streaming.nodes.machine import Life, State
from streaming.nodes.models import Encoder, EncoderRun
from streaming.nodes.watch import Watch
from streaming.stations.models import Station

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from streaming.nodes.identity import ThisNode
    from streaming.nodes.understudy import Understudy


class Keeper:
    """Starts and ends the two threads of one station."""

    def __init__(
        self,
        station: UUID,
        node: ThisNode,
        announce: Callable[[UUID], None],
        *,
        known: Known | None = None,
        command: Sequence[str] = (),
        understudy: Understudy | None = None,
    ) -> None:
        """``known`` is what the database knows, if it was there; ``understudy``: an encoder waits here already."""
        self.station = station
        self._runs = understudy is not None
        if understudy is not None:
            self.board, self.watch = understudy.board, understudy.watch
        else:
            self.board = Board()
            life, stored = (known.life, known.stored) if known is not None else (None, None)
            self.watch = Watch(EncoderFolder(station), self.board, life=life, stored=stored, command=command)
        self.desk = Desk(station, node, self.board, self.watch, announce)

    def may_send(self, until: float | None) -> None:
        """Have the encoder send until then by the boot clock; None: for ever."""
        self.watch.may_send(self.board.fence.order(until))

    def start(self) -> None:
        """Begin."""
        if not self._runs:
            self.watch.start()
        self.desk.start()

    @property
    def holds(self) -> bool:
        """Whether this node has the station, as far as it knows."""
        return self.desk.holds

    @property
    def done(self) -> bool:
        """Whether there is nothing left to look after."""
        return self.desk.done.is_set()

    def close(self) -> None:
        """Begin to take the station off air."""
        self.desk.close()

    def leave(self) -> None:
        """Begin to leave the station on air as it is."""
        self.desk.leave()

    def finish(self, deadline: float) -> bool:
        """Wait until ``deadline`` (monotonic) for what was begun; tells whether the encoder rests or is left."""
        self.desk.done.wait(max(0.0, deadline - time.monotonic()))
        self.watch.leave()
        self.watch.join(max(0.1, deadline - time.monotonic()))
        return self.done or self.board.status().state in RESTING


@dataclass(frozen=True)
class Known:
    """What the database knows of a station's encoder: its life, which facts of its open runs, the entry on air."""

    life: Life
    stored: dict[UUID, int]
    entry: str | None


def known_of(station: UUID) -> Known:
    """Return where the database says the station's encoder was, and which facts of its open runs it has."""
    encoder, _ = Encoder.objects.get_or_create(station_id=station)
    runs = EncoderRun.objects.filter(station=station, ended_at=None)
    return Known(
        Life(state=State(encoder.state), failures=encoder.restarts),
        dict(runs.values_list("pk", "stored_sequence")),
        entry_on_air(Station(pk=station)),
    )
