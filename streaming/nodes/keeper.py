"""One station on this node: the watch, the desk, and the board between them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from streaming.nodes.board import Board
from streaming.nodes.desk import RESTING, Desk
from streaming.nodes.folder import EncoderFolder
from streaming.nodes.machine import Life, State
from streaming.nodes.models import Encoder, EncoderRun
from streaming.nodes.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from streaming.nodes.identity import ThisNode


class Keeper:
    """Starts and ends the two threads of one station."""

    def __init__(
        self,
        station: UUID,
        node: ThisNode,
        announce: Callable[[UUID], None],
        *,
        life: Life | None = None,
        stored: dict[UUID, int] | None = None,
        command: Sequence[str] = (),
    ) -> None:
        """``life`` and ``stored`` are what the database knows, if it was there to be asked."""
        self.board = Board()
        self.watch = Watch(EncoderFolder(station), self.board, life=life, stored=stored, command=command)
        self.desk = Desk(station, node, self.board, self.watch, announce)

    def start(self) -> None:
        """Begin."""
        self.watch.start()
        self.desk.start()

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


def known_of(station: UUID) -> tuple[Life, dict[UUID, int]]:
    """Return where the database says the station's encoder was, and which facts of its open runs it has."""
    encoder, _ = Encoder.objects.get_or_create(station_id=station)
    runs = EncoderRun.objects.filter(station=station, ended_at=None)
    return (
        Life(state=State(encoder.state), failures=encoder.restarts),
        dict(runs.values_list("pk", "stored_sequence")),
    )
