"""How often something may be tried: counted in Redis by all processes together, and in this one while it is away.

``allow(name, key, most=5, seconds=300)`` counts one try and tells whether it is within five in any 300 seconds.
Counting and deciding are one step (a script in Redis), so tries side by side never slip through together. What is
refused is not counted: who waits as long as the answer says is let in. A key (an address, a number, an e-mail) never
lies in Redis or in a log as it is, only as a keyed digest.

While Redis is away each process counts by itself and lets a quarter through: with up to four processes that is no more
than usual, so an attacker gains nothing from it.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, cast

import redis
import structlog
from django.conf import settings

from config.lib.callers import client_address
from config.lib.local_limits import LocalCounts
from config.lib.problem import LongwaveError

if TYPE_CHECKING:
    from django.http import HttpRequest

log = structlog.get_logger(__name__)
PREFIX = "longwave.limit"
REDIS_SECONDS = 0.5
"""A sign-in waits no longer for Redis; after that it is left alone for as long as ``AWAY_SECONDS``."""

AWAY_SECONDS = 2.0
SHARE_WITHOUT_REDIS = 4
IPV6_PREFIX = 64
"""A household has a whole /64: its addresses are one."""

# A list of when the last tries that were let in were, the newest first, never longer than what is allowed.
_LOOK = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local most, span = tonumber(ARGV[1]), tonumber(ARGV[2])
local oldest = redis.call('LINDEX', KEYS[1], most - 1)
if oldest then
    local wait = math.min(tonumber(oldest) + span - now, span)
    if wait > 0 then return wait end
end
"""
_COUNT = f"""{_LOOK}
redis.call('LPUSH', KEYS[1], now)
redis.call('LTRIM', KEYS[1], 0, most - 1)
redis.call('PEXPIRE', KEYS[1], span)
return 0
"""
_LOOK += "return 0"


@dataclass(frozen=True)
class Verdict:
    """Whether a try may go on; if not, in how many seconds (at least 1) the next one may."""

    allowed: bool
    retry_after: int = 0


class TooManyError(LongwaveError):
    """Something was tried too often. Answered with 429 and ``Retry-After``."""

    status: ClassVar[int] = 429
    title: ClassVar[str] = "Too many tries"

    def __init__(self, detail: str = "", *, retry_after: int, field: str = "") -> None:
        """Take the seconds to wait; without a sentence, one is made that says them."""
        super().__init__(detail or f"Too many tries. Try again in {in_words(retry_after)}.", field=field)
        self.retry_after = retry_after

    def headers(self) -> dict[str, str]:
        """Return what the answer carries."""
        return {"Retry-After": str(self.retry_after)}


def allow(name: str, key: str, *, most: int, seconds: int) -> Verdict:
    """Count one try and tell whether it may go on.

    Args:
        name: what is tried, e.g. ``signin.address``; it stands in logs.
        key: who or what tries: an address, a person's id, a number. Kept as a keyed digest only.
        most: so many in any ``seconds``, at least 1.
        seconds: the span, at least 1.

    """
    if most < 1 or seconds < 1:
        message = f"The limit {name} must allow at least 1 try in at least 1 second, not {most} in {seconds}."
        raise ValueError(message)
    wait = _counted(_redis_key(name, key), most, seconds)
    if wait <= 0:
        return Verdict(allowed=True)
    log.info("limits.refused", limit=name)
    return Verdict(allowed=False, retry_after=max(1, math.ceil(wait)))


def is_over(name: str, key: str, *, most: int, seconds: int) -> Verdict:
    """Tell, without counting one, whether a try would be one too many; takes what :func:`allow` takes."""
    found, link = _redis_key(name, key), _redis()
    wait = 0.0
    if link is not None:
        try:
            wait = cast("int", _script(_LOOK)(keys=[found], args=[most, seconds * 1000], client=link)) / 1000
        except redis.RedisError as error:
            _went_away(error)
    else:
        wait = _local.wait(found, most=_share(most), seconds=seconds)
    return Verdict(allowed=wait <= 0, retry_after=max(1, math.ceil(wait)) if wait > 0 else 0)


def demand(name: str, key: str, *, most: int, seconds: int, detail: str = "") -> None:
    """Count one try as :func:`allow` does.

    Raises:
        TooManyError: it is one too many; ``detail`` replaces the usual sentence.

    """
    verdict = allow(name, key, most=most, seconds=seconds)
    if not verdict.allowed:
        raise TooManyError(detail, retry_after=verdict.retry_after)


def demand_all(*tries: tuple[str, str]) -> None:
    """Count one try for each name of ``settings.LIMITS`` and its key, in this order, until one is refused.

    Raises:
        TooManyError: one of them is one too many.

    """
    for name, key in tries:
        most, seconds = settings.LIMITS[name]
        demand(name, key, most=most, seconds=seconds)


def forget(name: str, key: str) -> None:
    """Forget the tries of ``key``: it proved to be who it says."""
    found = _redis_key(name, key)
    _local.forget(found)
    _tell_redis("DEL", found)


def give_back(name: str, key: str) -> None:
    """Take back the newest try of ``key``: it was none, or it was right."""
    found = _redis_key(name, key)
    _local.give_back(found)
    _tell_redis("LPOP", found)


def caller_key(request: HttpRequest) -> str:
    """Return the caller's trusted address as a key: of IPv6 the network of a household; ``none`` without one."""
    address = client_address(request)
    if address is None:
        return "none"
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((parsed, IPV6_PREFIX), strict=False).network_address)


def in_words(seconds: int) -> str:
    """Return a time to wait for people: ``1 second``, ``40 seconds``, ``3 minutes``, ``2 hours``, never too short."""
    for size, unit in ((3600, "hour"), (60, "minute")):
        if seconds > 2 * size or seconds == size:
            count = math.ceil(seconds / size)
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return f"{seconds} second{'s' if seconds != 1 else ''}"


_local = LocalCounts()


def _counted(key: str, most: int, seconds: int) -> float:
    """Return 0 for a try that may go on, else the seconds to wait."""
    link = _redis()
    if link is not None:
        try:
            return cast("int", _script(_COUNT)(keys=[key], args=[most, seconds * 1000], client=link)) / 1000
        except redis.RedisError as error:
            _went_away(error)
    return _local.count(key, most=_share(most), seconds=seconds)


def _share(most: int) -> int:
    return max(1, most // SHARE_WITHOUT_REDIS)


def _tell_redis(command: str, key: str) -> None:
    link = _redis()
    if link is None:
        return
    try:
        link.execute_command(command, key)  # type: ignore[no-untyped-call]  # redis has no types for it
    except redis.RedisError as error:
        _went_away(error)


def _redis_key(name: str, key: str) -> str:
    digest = hmac.new(settings.SECRET_KEY.encode(), f"{name}\0{key}".encode(), hashlib.sha256).hexdigest()
    return f"{PREFIX}:{name}:{digest[:40]}"


def _redis() -> redis.Redis | None:
    return None if _local.is_away() else _client(settings.REDIS_URL)


def _went_away(error: redis.RedisError) -> None:
    log.warning("limits.redis_away", error=type(error).__name__)
    _local.went_away(AWAY_SECONDS)


@cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_connect_timeout=REDIS_SECONDS, socket_timeout=REDIS_SECONDS)


@cache
def _script(text: str) -> Any:
    return redis.commands.core.Script(redis.Redis(), text)
