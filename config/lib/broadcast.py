"""Says a thing to every web process, through Redis pub/sub: at most once, the latest value wins.

A lost message costs nothing: whoever listens loads a whole snapshot first and after every reconnect.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import redis
from django.conf import settings
from redis.connection import parse_url

CHANNEL = "longwave.live"


@cache
def channel(redis_url: str) -> str:
    """Return the channel's name: Redis has one set of channels for all its databases, and a server may hold several."""
    number = parse_url(redis_url).get("db", 0)  # type: ignore[no-untyped-call]  # redis has no types for it
    return f"{CHANNEL}.{number}" if number else CHANNEL


def say(topic: str, message: dict[str, Any]) -> None:
    """Send ``message`` (JSON types only) under ``topic``, e.g. ``station:<slug>``.

    Raises:
        redis.RedisError: Redis cannot be reached; the caller decides whether that matters.

    """
    _client().publish(
        channel(settings.REDIS_URL), json.dumps({"topic": topic, "message": message}, separators=(",", ":"))
    )


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2)
