"""Hears PostgreSQL's NOTIFY and wakes the station it is about; a lost connection is made again."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
import structlog
from django.db import connection
from psycopg import sql

from config.lib.notify import CHANNEL
from streaming.nodes import backoff

if TYPE_CHECKING:
    from collections.abc import Callable

log = structlog.get_logger(__name__)

LONGEST_WAIT = 5.0
KEEPALIVE = {
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "connect_timeout": 5,
}


class Listener(threading.Thread):
    """A connection of its own that only listens."""

    def __init__(self, heard: Callable[[UUID | None, str], None]) -> None:
        """``heard`` gets station and reason; no station after a reconnect: anything may have been missed."""
        super().__init__(name="listener", daemon=True)
        self._heard = heard
        self._stopped = threading.Event()
        self.listening = threading.Event()

    def stop(self) -> None:
        """End soon; the thread is a daemon and holds nothing that matters."""
        self._stopped.set()

    def run(self) -> None:
        """Listen until stopped."""
        failures = 0
        while not self._stopped.is_set():
            try:
                self._listen()
                failures = 0
            except psycopg.Error as error:
                if self.listening.is_set() or failures == 0:
                    log.warning("not listening: %s", str(error).strip())
                failures = 1 if self.listening.is_set() else failures + 1
                self.listening.clear()
                self._stopped.wait(min(LONGEST_WAIT, backoff.delay(failures)))

    def _listen(self) -> None:
        with connect() as link:
            link.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
            self.listening.set()
            self._heard(None, "control")
            while not self._stopped.is_set():
                for notification in link.notifies(timeout=1.0):
                    self._take(notification.payload)
                    if self._stopped.is_set():
                        return

    def _take(self, payload: str) -> None:
        try:
            said: dict[str, Any] = json.loads(payload)
            station, what = UUID(said["station"]), str(said["what"])
        except (ValueError, KeyError, TypeError):
            log.warning("a notification that is not ours", payload=payload[:200])
            return
        self._heard(station, what)


def connect(**limits: Any) -> psycopg.Connection[Any]:
    """Connect outside of the pool, with the parameters Django uses, within the time limits of libpq's words."""
    parameters = connection.get_connection_params()
    for ours in ("cursor_factory", "context", "prepare_threshold", "pool"):
        parameters.pop(ours, None)
    return psycopg.connect(**{**parameters, **KEEPALIVE, **limits}, autocommit=True)
