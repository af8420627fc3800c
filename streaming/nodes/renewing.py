"""Renews the leases of all stations of this node, every two seconds, and tells their encoders how long they may send.

A connection of its own, outside of the pool, and one statement for all: however busy or slow the desks are, however
many stations there are, the leases are renewed. A row that somebody else holds locked is passed over this time.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
import structlog

from streaming.nodes import boottime
from streaming.nodes.fence import FENCE
from streaming.nodes.listener import connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from streaming.nodes.keeper import Keeper

log = structlog.get_logger(__name__)

EVERY = 2.0
AGAIN = 0.5
ANSWER_SECONDS = 4.0
LIMITS: dict[str, Any] = {"connect_timeout": 3, "tcp_user_timeout": 4000}

RENEW = """
WITH mine AS (
    SELECT e.station_id,
           s.pinned_node_id IS DISTINCT FROM e.node_id AND NOT %(leaving)s
           AND (SELECT count(*) FROM streaming_node WHERE gone_at IS NULL) > 1 AS fence
    FROM streaming_encoder e
    JOIN streaming_station s ON s.id = e.station_id
    JOIN streaming_node n ON n.id = e.node_id AND n.name = %(node)s
    WHERE e.station_id = ANY(%(stations)s)
    ORDER BY e.station_id
    FOR UPDATE OF e SKIP LOCKED
)
UPDATE streaming_encoder e
SET lease_serial = e.lease_serial + 1,
    lease_until = now() + make_interval(secs => 15),
    lease_fenced = mine.fence AND (e.lease_fenced OR e.station_id = ANY(%(told)s))
FROM mine, streaming_node n
WHERE e.station_id = mine.station_id AND n.id = e.node_id AND n.name = %(node)s
RETURNING e.station_id, e.lease_fenced, mine.fence
"""
"""A station becomes fenced here only after its encoder has heard a deadline, and unfenced before one is lifted."""


@dataclass(frozen=True)
class Renewed:
    """What one row says after its renewal: ``fenced`` others may take it by timeout, ``fence`` they shall."""

    station: UUID
    fenced: bool
    fence: bool

    def until(self, sent: float) -> float | None:
        """Return until when the encoder may send, by the boot clock; ``sent``: just before the renewal went out."""
        return sent + FENCE if self.fenced or self.fence else None


class Renewals(threading.Thread):
    """One thread for all stations of this node."""

    def __init__(self, node: str, keepers: Callable[[], Iterable[Keeper]]) -> None:
        """``keepers`` gives those whose stations this node believes to hold."""
        super().__init__(name="renewals", daemon=True)
        self.renewed_at = 0.0
        self._node = node
        self._keepers = keepers
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._let_go = threading.Event()
        self._leaving = False
        self._link: psycopg.Connection[Any] | None = None
        self._failing = False

    def wake(self) -> None:
        """Renew now."""
        self._wake.set()

    def stop(self) -> None:
        """End soon."""
        self._stopped.set()
        self._wake.set()

    def lift(self, seconds: float) -> bool:
        """Have every encoder send without a deadline: its node will be back. Tells whether that was done in time."""
        self._leaving = True
        self._wake.set()
        return self._let_go.wait(seconds)

    def run(self) -> None:
        """Renew every two seconds, and sooner when woken, until stopped."""
        while not self._stopped.is_set():
            began = time.monotonic()
            self._wake.clear()
            wait = EVERY if self._try() else AGAIN
            self._wake.wait(max(0.0, wait - (time.monotonic() - began)))
        self._hang_up()

    def _try(self) -> bool:
        leaving, keepers = self._leaving, {keeper.station: keeper for keeper in self._keepers()}
        sent = boottime.now()
        try:
            renewed = self._renew(list(keepers.values()), leaving=leaving) if keepers or leaving else []
        except psycopg.Error as error:
            self._hang_up()
            if not self._failing:
                log.warning("leases cannot be renewed", error=str(error).strip(), stations=len(keepers))
            self._failing = True
            return False
        if self._failing:
            log.info("leases are renewed again")
        self._failing, self.renewed_at = False, time.monotonic()
        for one in renewed:
            keepers[one.station].may_send(one.until(sent))
        if leaving:
            self._let_go.set()
        return True

    def _renew(self, keepers: list[Keeper], *, leaving: bool) -> list[Renewed]:
        """Renew once.

        Raises:
            psycopg.Error: it is not known whether they were renewed, so they count as if they were not.

        """
        if self._link is None:
            self._link = connect(**LIMITS)
        asked = {
            "node": self._node,
            "leaving": leaving,
            "stations": [keeper.station for keeper in keepers],
            "told": [keeper.station for keeper in keepers if keeper.board.fence.told],
        }
        impatience = threading.Timer(ANSWER_SECONDS, _cut, [self._link])
        impatience.start()
        try:
            return [Renewed(*row) for row in self._link.execute(RENEW, asked)]
        finally:
            impatience.cancel()

    def _hang_up(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            link.close()


def _cut(link: psycopg.Connection[Any]) -> None:
    """End a connection on which no answer comes; the thread that waits for it gets an error."""
    try:
        with socket.socket(fileno=os.dup(link.fileno())) as end:
            end.shutdown(socket.SHUT_RDWR)
    except (psycopg.Error, OSError):
        return  # it ended by itself meanwhile
