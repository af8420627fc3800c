"""The live socket of a station's destinations, for those who may see them at that station.

Who comes says so with a ticket (``POST /api/v1/auth/tickets/`` with the topic ``destinations:<slug>``), as the first
message ``{"ticket": "…"}`` or as the subprotocol ``ticket.…`` beside ``longwave``; a program may send its key or token
as ``Authorization`` instead. Cookies open nothing here, so no other site's page gains from them, and nothing secret is
ever in the URL. What somebody came with is asked again while the socket is open, and the socket ends when it does.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

import structlog
from channels.db import database_sync_to_async
from django.db import InterfaceError, OperationalError
from psycopg_pool import PoolTimeout

from accounts.keys import api_keys, families, scopes, tickets
from accounts.keys.errors import TokenRefusedError
from accounts.keys.key_text import START
from accounts.keys.standing import Standing, of_claims
from streaming.live.consumers import INCOMING_LIMIT, TRY_AGAIN_LATER, StationConsumer, hub
from streaming.live.crowd import crowd, enter_by_person
from streaming.live.destinations import TOPIC
from streaming.live.hub import SnapshotAwayError
from streaming.stations.models import Station

if TYPE_CHECKING:
    from accounts.people.models import User

log = structlog.get_logger(__name__)
NOT_ALLOWED = 4403
TOO_MANY = 4429
PROTOCOL = "longwave"
TICKET_PROTOCOL = "ticket."
SEES = "streaming.view_destination"
FRESH_SECONDS = 5.0
"""Figures that grow all the time are read again so often, once for all who watch; a change of state comes at once."""

ASKED_AGAIN_SECONDS = 10.0
"""So often it is asked whether what somebody came with still holds."""

TICKET_WAIT_SECONDS = 10.0
"""So long a socket may stay open without having said who it is."""


class DestinationsConsumer(StationConsumer):
    """Sends the destinations' snapshot once it knows who is there, when one changes, and every five seconds.

    Closes 4403 for whoever may not see them or no longer may, 4429 when a person has too many sockets.
    """

    topic_kind = TOPIC
    standing: Standing | None = None
    who = ""
    asked_at = 0.0
    waiting: asyncio.TimerHandle | None = None

    async def connect(self) -> None:
        """Take what the handshake brings, or wait a moment for the first message."""
        if not self.has_room():
            await self.close()
            return
        offered = self.scope.get("subprotocols") or []
        await self.accept(subprotocol=PROTOCOL if PROTOCOL in offered else None)
        ticket = next((p.removeprefix(TICKET_PROTOCOL) for p in offered if p.startswith(TICKET_PROTOCOL)), "")
        header = dict(self.scope["headers"]).get(b"authorization", b"").decode("latin-1")
        if ticket or header:
            await self._let_in(ticket, header)
            return
        loop = asyncio.get_running_loop()
        self.waiting = loop.call_later(TICKET_WAIT_SECONDS, lambda: asyncio.ensure_future(self._refuse(NOT_ALLOWED)))

    async def disconnect(self, code: int) -> None:
        """Leave, as any socket does."""
        self._wait_no_more()
        crowd.leave(self.who)
        await super().disconnect(code)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Take the ticket from the first message, and nothing after it."""
        if self.waiting is None or len(text_data or bytes_data or "") > INCOMING_LIMIT:
            await super().receive(text_data, bytes_data)
            return
        self._wait_no_more()
        await self._let_in(_ticket_in(text_data or ""), "")

    async def next_text(self) -> str | None:
        """Wait for what is said, no longer than figures stay fresh; nothing once it may not be seen any more."""
        try:
            text: str | None = await asyncio.wait_for(self.mailbox.take(), FRESH_SECONDS)
        except TimeoutError:
            text = await hub().present(self.topic)
        if time.monotonic() - self.asked_at >= ASKED_AGAIN_SECONDS and not await self._still_may():
            self.ended_with = NOT_ALLOWED
            return None
        return text

    async def _let_in(self, ticket: str, header: str) -> None:
        try:
            self.standing = await database_sync_to_async(_standing)(ticket, header, self._wanted())
        except (OperationalError, InterfaceError, PoolTimeout) as error:
            log.warning("live.who_is_away", error=type(error).__name__)
            await self._refuse(TRY_AGAIN_LATER)
            return
        if self.standing is None:
            await self._refuse(NOT_ALLOWED)
            return
        who = f"person {self.standing.person_id}"
        if not enter_by_person(who):
            await self._refuse(TOO_MANY)
            return
        self.who = who
        self.asked_at = time.monotonic()
        await self.begin()

    async def _still_may(self) -> bool:
        try:
            may = bool(await database_sync_to_async(_may)(self.standing, self._wanted()))
        except (OperationalError, InterfaceError, PoolTimeout) as error:
            raise SnapshotAwayError(f"The database is away ({type(error).__name__}).") from error
        self.asked_at = time.monotonic()
        return may

    def _wanted(self) -> str:
        return f"{TOPIC}:{self.scope['url_route']['kwargs']['slug']}"

    def _wait_no_more(self) -> None:
        if self.waiting is not None:
            self.waiting.cancel()
            self.waiting = None

    async def _refuse(self, code: int) -> None:
        self.waiting = None
        await self.close(code=code)


def may_see(person: User, auth: object, slug: str) -> bool:
    """Tell whether somebody may see a station's destinations, with the key they came with."""
    station = Station.objects.only("pk").filter(slug=slug).first()
    if station is None or not person.has_perm(SEES, station):
        return False
    return scopes.permits(auth, SEES, station.pk)


def _standing(ticket: str, header: str, wanted: str) -> Standing | None:
    """Return who is there if they may have the topic: by ticket, else by key or token."""
    if ticket:
        taken = tickets.take(ticket)
        found = taken.standing if taken is not None and taken.topic == wanted else None
    else:
        found = _by_header(header)
    return found if _may(found, wanted) else None


def _may(standing: Standing | None, wanted: str) -> bool:
    person = standing.person() if standing is not None else None
    return standing is not None and person is not None and tickets.may_have(person, standing.auth(), wanted)


def _by_header(header: str) -> Standing | None:
    scheme, _, text = header.strip().partition(" ")
    text = text.strip()
    if scheme.lower() == "token" or (scheme.lower() == "bearer" and text.startswith(START)):
        key = api_keys.find(text)
        if key is None:
            return None
        api_keys.used(key)
        return Standing("key", str(key.pk), str(key.person_id))
    if scheme.lower() != "bearer":
        return None
    try:
        _, claims = families.holder(text)
    except TokenRefusedError:
        return None
    return of_claims(claims)


def _ticket_in(text: str) -> str:
    try:
        said: Any = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    ticket = said.get("ticket") if isinstance(said, dict) else None
    return ticket if isinstance(ticket, str) else ""
