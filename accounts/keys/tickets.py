"""Tickets of websockets: made by a request that is signed in, good for one topic, one use and one minute.

A ticket is 256 random bits. In Redis lies only its digest, with who it is for, sealed. It goes into the socket's first
message or its subprotocol, never into a URL, which servers and proxies write down.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import redis
import structlog
from django.conf import settings
from django.utils.module_loading import import_string

from accounts.keys.errors import TicketRefusedError, TicketsAwayError
from accounts.keys.standing import Standing
from config.lib.vault import SealBrokenError, seal, unseal

if TYPE_CHECKING:
    from accounts.people.models import User

log = structlog.get_logger(__name__)
LONGEST = 100
PREFIX = "longwave.ticket"
REDIS_SECONDS = 2.0


@dataclass(frozen=True)
class Ticket:
    """What a ticket opens, and what it was made with."""

    topic: str
    standing: Standing


def give(*, standing: Standing, topic: str) -> str:
    """Make a ticket for a topic ``kind:name``, e.g. ``destinations:night-fm``.

    Raises:
        TicketRefusedError: there is no such topic for this person.
        TicketsAwayError: Redis is away.

    """
    person = standing.person()
    if person is None or not may_have(person, standing.auth(), topic):
        raise TicketRefusedError("There is no such topic for you. Check its name and your role.", field="topic")
    text = secrets.token_urlsafe(32)
    key = _key(text)
    content = json.dumps({"topic": topic, "standing": asdict(standing)}, default=str)
    try:
        _client(settings.REDIS_URL).set(key, seal(content, purpose=key), ex=settings.TICKET_SECONDS)
    except redis.RedisError as error:
        log.warning("tickets.away", error=type(error).__name__)
        raise TicketsAwayError("Redis does not answer, so no ticket was made. Try again in a moment.") from error
    return text


def take(text: str) -> Ticket | None:
    """Take a ticket, once; None for one that is unknown, used or too old, and while Redis is away."""
    if not text or len(text) > LONGEST:
        return None
    key = _key(text)
    try:
        sealed = cast("bytes | None", _client(settings.REDIS_URL).getdel(key))
    except redis.RedisError as error:
        log.warning("tickets.away", error=type(error).__name__)
        return None
    if sealed is None:
        return None
    try:
        content: dict[str, Any] = json.loads(unseal(sealed, purpose=key))
    except SealBrokenError:
        log.warning("tickets.unreadable")
        return None
    return Ticket(content["topic"], Standing.of(content["standing"]))


def may_have(person: User, auth: object, topic: str) -> bool:
    """Tell whether somebody may have a topic; who knows is named in ``settings.TICKET_TOPICS``."""
    kind, _, name = topic.partition(":")
    judge = settings.TICKET_TOPICS.get(kind)
    return bool(judge and cast("Callable[..., bool]", import_string(judge))(person, auth, name))


def _key(text: str) -> str:
    return f"{PREFIX}:{hashlib.sha256(text.encode()).hexdigest()}"


@cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_connect_timeout=REDIS_SECONDS, socket_timeout=REDIS_SECONDS)
