"""Tells the web processes how stations are, through Redis: the latest state of each, never a queue of old ones."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import redis
import structlog

from config.lib.broadcast import say
from streaming.live.destinations import TOPIC as DESTINATIONS
from streaming.live.destinations import destinations_snapshot
from streaming.live.queries import station_snapshot
from streaming.nodes.database import AWAY, borrowed
from streaming.stations.models import Station

if TYPE_CHECKING:
    from uuid import UUID

log = structlog.get_logger(__name__)

RETRY_SECONDS = 2.0


class Announcer(threading.Thread):
    """One thread for all stations: a Redis that hangs keeps nobody else waiting."""

    def __init__(self) -> None:
        """Begin with nothing to say."""
        super().__init__(name="announcer", daemon=True)
        self._changed = threading.Condition()
        self._waiting: dict[UUID, None] = {}
        self._stopped = False
        self._down = False

    def announce(self, station: UUID) -> None:
        """Say soon how this station is; never waits."""
        with self._changed:
            self._waiting[station] = None
            self._changed.notify()

    def stop(self) -> None:
        """Say what waits, then end."""
        with self._changed:
            self._stopped = True
            self._changed.notify()

    def run(self) -> None:
        """Say what is to be said until stopped."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._stopped)
                if not self._waiting:
                    return
                station = next(iter(self._waiting))
                del self._waiting[station]
            if not self._say(station) and not self._pause(station):
                return

    def _say(self, station_id: UUID) -> bool:
        """Say how a station is; ``False``: the database or Redis is away."""
        try:
            with borrowed():
                station = Station.objects.filter(pk=station_id).first()
                if station is not None:
                    say(f"station:{station.slug}", station_snapshot(station))
                    say(f"{DESTINATIONS}:{station.slug}", destinations_snapshot(station))
        except (redis.RedisError, *AWAY) as error:
            if not self._down:
                log.warning("live pages are not told: %s", error)
            self._down = True
            return False
        if self._down:
            log.info("live pages are told again")
        self._down = False
        return True

    def _pause(self, station: UUID) -> bool:
        """Keep the station for later and wait a little; ``False``: there is no later."""
        with self._changed:
            self._waiting.setdefault(station)
            return not self._changed.wait_for(lambda: self._stopped, timeout=RETRY_SECONDS)
