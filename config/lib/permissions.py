"""How often the API may be used. Who may use it is said in ``accounts/people/permitted.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from redis.exceptions import RedisError
from rest_framework.throttling import AnonRateThrottle, UserRateThrottle

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView

log = structlog.get_logger(__name__)


class _GoesOnWithoutRedis:
    """Counts requests in Redis; while it is away nobody is counted, and the API goes on."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Tell whether this caller is within its rate."""
        try:
            return bool(super().allow_request(request, view))  # type: ignore[misc]  # the throttle class beside
        except RedisError as error:
            log.warning("api.throttle_without_redis", error=str(error))
            return True


class AnonymousRate(_GoesOnWithoutRedis, AnonRateThrottle):
    """Limits callers without an account, by the address the trusted proxies report."""


class AccountRate(_GoesOnWithoutRedis, UserRateThrottle):
    """Limits each account."""
