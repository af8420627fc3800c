"""How many live sockets one address and one person may hold, counted in this process.

A count in Redis would outlive a process that is killed with its sockets; here it ends with them. With several web
processes the limits hold for each.
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from typing import Any

from django.conf import settings

from config.lib.callers import address_of

IPV6_PREFIX = 64
"""A household has a whole /64: its addresses are one."""


class Crowd:
    """Sockets by who holds them."""

    def __init__(self) -> None:
        """Begin empty."""
        self._held: Counter[str] = Counter()

    def enter(self, who: str, *, most: int) -> bool:
        """Count one more; False, and not counted, when there are as many as may be. Nobody is not counted."""
        if not who:
            return True
        if self._held[who] >= most:
            return False
        self._held[who] += 1
        return True

    def leave(self, who: str) -> None:
        """Count one less; who was not counted is nobody."""
        if self._held[who] <= 1:
            del self._held[who]
        else:
            self._held[who] -= 1


crowd = Crowd()


def caller(scope: dict[str, Any]) -> str:
    """Return the household a socket comes from, by the trusted address; empty without one (a unix socket)."""
    told = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for").decode("latin-1")
    host = (scope.get("client") or ("",))[0] or ""
    address = address_of(told, host)
    if address is None:
        return ""
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv4Address):
        return f"address {address}"
    if parsed.ipv4_mapped is not None:
        return f"address {parsed.ipv4_mapped}"
    return f"address {ipaddress.IPv6Network((parsed, IPV6_PREFIX), strict=False).network_address}"


def enter_by_address(who: str) -> bool:
    """Count a socket of an address."""
    return crowd.enter(who, most=settings.WEBSOCKETS_PER_ADDRESS)


def enter_by_person(who: str) -> bool:
    """Count a socket of a person."""
    return crowd.enter(who, most=settings.WEBSOCKETS_PER_PERSON)
