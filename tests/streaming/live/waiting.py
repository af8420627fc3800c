"""Waits for what another process decides and announces to nobody."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable

from django.conf import settings
from redis.asyncio import Redis

from config.lib.broadcast import channel


async def until(holds: Callable[[], bool | Awaitable[bool]], seconds: float = 20) -> None:
    """Ask again and again until ``holds``; TimeoutError after ``seconds``."""
    async with asyncio.timeout(seconds):
        while True:
            answer = holds()
            if await answer if inspect.isawaitable(answer) else answer:
                return
            await asyncio.sleep(0.01)


async def subscriptions(count: int) -> None:
    """Wait until Redis counts this many subscriptions to the live channel."""
    name = channel(settings.REDIS_URL)
    async with Redis.from_url(settings.REDIS_URL) as redis:

        async def counted() -> bool:
            return bool(dict(await redis.pubsub_numsub(name))[name.encode()] == count)

        await until(counted)
