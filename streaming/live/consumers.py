"""The live socket of a station: join, leave, forward."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

import structlog
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import InterfaceError, OperationalError
from psycopg_pool import PoolTimeout

from streaming.live.crowd import caller, crowd, enter_by_address
from streaming.live.destinations import TOPIC as DESTINATIONS
from streaming.live.destinations import destinations_snapshot
from streaming.live.hub import Hub, Mailbox, SnapshotAwayError
from streaming.live.queries import station_snapshot
from streaming.stations.models import Station

log = structlog.get_logger(__name__)

STATION = "station"
NO_SUCH_STATION = 4404
TRY_AGAIN_LATER = 1013
TOO_BIG = 1009
TOO_MUCH = 1008
# Listeners have nothing to say here; a byte or two from a keep-alive is let pass unread.
INCOMING_LIMIT = 1024
INCOMING_PER_MINUTE = 60
MINUTE = 60.0
# The server's buffer takes whatever is sent, so a socket is sent no more often than this; the latest value wins.
BETWEEN_MESSAGES_SECONDS = 0.25


class StationConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # Channels ships no types
    """Sends a station's snapshot on connect and each time it changes; closes 4404 for an unknown slug."""

    task: asyncio.Task[None] | None = None
    topic = ""
    topic_kind = STATION
    ended_with = NO_SUCH_STATION
    heard = 0
    counted_since = 0.0
    address = ""

    async def connect(self) -> None:
        """Let in whoever comes, a limited number from one address."""
        if not self.has_room():
            await self.close()  # answered with 403: nothing was accepted
            return
        await self.accept()
        await self.begin()

    def has_room(self) -> bool:
        """Count this socket for its address; False: there are as many as may be."""
        who = caller(self.scope)
        if not enter_by_address(who):
            return False
        self.address = who
        return True

    async def begin(self) -> None:
        """Join before loading the snapshot: a change in between is then sent after it, never lost."""
        self.mailbox = Mailbox()
        topic = f"{self.topic_kind}:{self.scope['url_route']['kwargs']['slug']}"
        hub().join(topic, self.mailbox)
        self.topic = topic
        try:
            text = await hub().present(topic)
        except SnapshotAwayError as error:
            log.warning("live.snapshot_away", error=str(error))
            await self.close(code=TRY_AGAIN_LATER)
            return
        if text is None:
            await self.close(code=NO_SUCH_STATION)
            return
        self.task = asyncio.create_task(self._forward(text))

    async def disconnect(self, code: int) -> None:  # noqa: ARG002 - Channels' signature
        """Leave the topic and end the forwarding."""
        crowd.leave(self.address)
        if self.topic:
            hub().leave(self.topic, self.mailbox)
        if self.task is not None:
            self.task.cancel()
            with suppress(asyncio.CancelledError):
                await self.task

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Take nothing: long messages end the connection, and so do many."""
        if len(text_data or bytes_data or "") > INCOMING_LIMIT:
            await self.close(code=TOO_BIG)
        elif self._heard_too_much():
            await self.close(code=TOO_MUCH)

    async def next_text(self) -> str | None:
        """Return what is to be sent next, as soon as there is something; ``None``: nothing any more."""
        return await self.mailbox.take()

    def _heard_too_much(self) -> bool:
        now = time.monotonic()
        if now - self.counted_since > MINUTE:
            self.counted_since, self.heard = now, 0
        self.heard += 1
        return self.heard > INCOMING_PER_MINUTE

    async def _forward(self, text: str | None) -> None:
        while text is not None:
            await self.send(text_data=text)
            await asyncio.sleep(BETWEEN_MESSAGES_SECONDS)
            text = await self._next()
        await self.close(code=self.ended_with)

    async def _next(self) -> str | None:
        """Wait for the next text; while the database is away, for what is said when it is back."""
        while True:
            try:
                return await self.next_text()
            except SnapshotAwayError as error:
                log.warning("live.snapshot_away", error=str(error))


async def load_snapshot(topic: str) -> str | None:
    """Return the JSON text of what a topic ``station:<slug>`` or ``destinations:<slug>`` names, or None.

    Raises:
        SnapshotAwayError: the database is away.

    """
    try:
        snapshot = await database_sync_to_async(_read)(topic)
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        raise SnapshotAwayError(f"The database is away ({type(error).__name__}).") from error
    return None if snapshot is None else json.dumps(snapshot, separators=(",", ":"), ensure_ascii=False)


def _read(topic: str) -> dict[str, Any] | None:
    kind, _, slug = topic.partition(":")
    row = Station.objects.select_related("default_loop").filter(slug=slug).first()
    if row is None:
        return None
    return destinations_snapshot(row) if kind == DESTINATIONS else station_snapshot(row)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """Return this event loop's hub: a server process has one loop, so one subscription."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub(load_snapshot)
    return _hubs[loop]
