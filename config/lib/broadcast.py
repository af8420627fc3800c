"""Says a thing to every web process, through Redis pub/sub: at most once, the latest value wins.

A lost message costs nothing: whoever listens loads a whole snapshot first and after every reconnect.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import redis
from django.conf import settings

CHANNEL = "longwave.live"


def say(topic: str, message: dict[str, Any]) -> None:
    """Send ``message`` (JSON types only) under ``topic``, e.g. ``station:<slug>``.

    Raises:
        redis.RedisError: Redis cannot be reached; the caller decides whether that matters.

    """
    _client().publish(CHANNEL, json.dumps({"topic": topic, "message": message}, separators=(",", ":")))


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2)
