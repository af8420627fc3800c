"""One Redis subscription for all live sockets of this process; each socket keeps the latest message only.

Nothing here is delivered at least once, and nothing needs to be: every message is a whole snapshot, a socket is
given one when it joins and after every loss of Redis, and of two messages waiting for a slow reader the newer wins.
"""

from __future__ import annotations

import asyncio
import json
import random
from functools import partial
from typing import TYPE_CHECKING

import structlog
from django.conf import settings
from redis.asyncio import Redis
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from config.lib.broadcast import channel

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

log = structlog.get_logger(__name__)

FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 15.0
# Redis is asked for a sign of life this often, so that a dead connection is noticed while nothing is said.
SIGN_OF_LIFE_SECONDS = 15.0
# A message is a snapshot of a few kilobytes; one beyond this is a mistake and is not passed on to thousands.
MESSAGE_LIMIT_BYTES = 128 * 1024


class Mailbox:
    """A place for one message: putting another replaces it."""

    def __init__(self) -> None:
        """Start empty."""
        self._message: str | None = None
        self._filled = asyncio.Event()

    def put(self, message: str) -> None:
        """Keep ``message``, in place of one not taken yet."""
        self._message = message
        self._filled.set()

    async def take(self) -> str:
        """Wait for a message and take it out."""
        await self._filled.wait()
        self._filled.clear()
        message, self._message = self._message, None
        if message is None:
            raise RuntimeError("A mailbox has one reader; this one has two.")
        return message


class SnapshotAwayError(Exception):
    """The present state cannot be loaded now: the database is away."""


class Topic:
    """Who listens to one topic, and the load of its present state that they share."""

    def __init__(self) -> None:
        """Nobody listens."""
        self.mailboxes: set[Mailbox] = set()
        self._loading = asyncio.Lock()
        self._next: asyncio.Task[str | None] | None = None

    async def load(self, snapshot: Callable[[], Awaitable[str | None]]) -> str | None:
        """Load the present state, once for all who ask while an earlier load still runs.

        That earlier one is not shared: it may have read before a change that was said before this caller joined.
        """
        if self._next is None:
            self._next = asyncio.create_task(self._load_after(snapshot))
        return await asyncio.shield(self._next)

    async def _load_after(self, snapshot: Callable[[], Awaitable[str | None]]) -> str | None:
        async with self._loading:
            self._next = None
            return await snapshot()


class Hub:
    """The mailboxes of one event loop, by topic, and the subscription that fills them.

    ``snapshot`` loads a topic's present state as text, or None when the topic is gone; it raises
    :class:`SnapshotAwayError` when it cannot tell.
    """

    def __init__(self, snapshot: Callable[[str], Awaitable[str | None]], *, url: str | None = None) -> None:
        """Listen at ``url`` (settings.REDIS_URL) as soon as somebody joins."""
        self._snapshot = snapshot
        self._url = url or settings.REDIS_URL
        self._topics: dict[str, Topic] = {}
        self._listener: asyncio.Task[None] | None = None
        self._wait = FIRST_WAIT_SECONDS

    def join(self, topic: str, mailbox: Mailbox) -> None:
        """Put everything said under ``topic`` from now on into ``mailbox``."""
        self._topics.setdefault(topic, Topic()).mailboxes.add(mailbox)
        if self._listener is None or self._listener.done():
            self._listener = asyncio.create_task(self._listen(), name="longwave.live.hub")

    def leave(self, topic: str, mailbox: Mailbox) -> None:
        """Stop filling ``mailbox``; the last one to leave ends the subscription."""
        known = self._topics.get(topic)
        if known is not None:
            known.mailboxes.discard(mailbox)
            if not known.mailboxes:
                del self._topics[topic]
        if not self._topics and self._listener is not None:
            self._listener.cancel()
            self._listener = None

    async def present(self, topic: str) -> str | None:
        """Return the present state of a topic that the caller has joined, or None when there is no such thing.

        Raises:
            SnapshotAwayError: it cannot be loaded now.

        """
        return await self._topics[topic].load(partial(self._snapshot, topic))

    async def _listen(self) -> None:
        """Subscribe, and again after every loss, waiting longer each time up to a limit."""
        self._wait = FIRST_WAIT_SECONDS
        while True:
            try:
                await self._follow()
            except (RedisError, OSError, SnapshotAwayError) as error:
                log.warning("live.interrupted", error=str(error), retry_in_seconds=round(self._wait, 1))
            await asyncio.sleep(self._wait * random.uniform(0.5, 1))  # noqa: S311 - spreads reconnects, guards nothing
            self._wait = min(self._wait * 2, LONGEST_WAIT_SECONDS)

    async def _follow(self) -> None:
        """Subscribe once, bring every socket up to date, then hand on what is said until Redis goes away."""
        client = Redis.from_url(self._url, socket_connect_timeout=5, socket_timeout=None)
        async with client, client.pubsub() as pubsub:
            async with asyncio.timeout(SIGN_OF_LIFE_SECONDS):
                await pubsub.subscribe(channel(self._url))
                while await pubsub.get_message(timeout=SIGN_OF_LIFE_SECONDS) is None:
                    pass  # nothing is known of the subscription before Redis confirms it
            self._wait = FIRST_WAIT_SECONDS
            await self._bring_up_to_date()
            asked = False
            while True:
                message = await pubsub.get_message(timeout=SIGN_OF_LIFE_SECONDS)
                if message is None and asked:
                    raise RedisTimeoutError("Redis gives no sign of life.")
                if message is None:
                    await pubsub.ping()
                elif message["type"] == "message":
                    self._hand_on(message["data"])
                asked = message is None

    async def _bring_up_to_date(self) -> None:
        for topic in list(self._topics):
            text = await self._snapshot(topic)
            if text is not None:
                self._fill(topic, text)

    def _hand_on(self, data: bytes) -> None:
        if len(data) > MESSAGE_LIMIT_BYTES:
            log.error("live.message_too_big", size=len(data), limit=MESSAGE_LIMIT_BYTES)
            return
        try:
            said = json.loads(data)
            topic, message = said["topic"], said["message"]
        except (ValueError, KeyError, TypeError):
            log.exception("live.message_unreadable", size=len(data))
            return
        if topic in self._topics:
            self._fill(topic, json.dumps(message, separators=(",", ":"), ensure_ascii=False))

    def _fill(self, topic: str, text: str) -> None:
        known = self._topics.get(topic)
        for mailbox in known.mailboxes if known else ():
            mailbox.put(text)
