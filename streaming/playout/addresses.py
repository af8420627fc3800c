"""Which addresses and ports the engine may call: names are resolved here once, and what they lead to is judged."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from enum import Enum
from typing import Any

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
# Addresses that carry an IPv4 one, which is what is really called: NAT64 (RFC 6052), 6to4 (RFC 3056), ::ffff:0:0/96.
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
WEB_PORTS = ((80, 80), (443, 443), (1024, 65535))
# Databases, mail, chat, printers, phones: what a request could be misread by. The web's own list of ports no page calls
# (https://fetch.spec.whatwg.org/#port-blocking), and the stores that stand beside us.
NEVER_PORTS = frozenset(
    {1719, 1720, 1723, 2049, 3306, 3659, 4045, 4190, 5060, 5061, 5432, 6000, 6379, 6566, *range(6665, 6670), 6679}
    | {6697, 10080, 11211, 27017}
)


class Verdict(Enum):
    """Whether an address may be called."""

    FREE = "free"
    INSIDE = "inside"
    """This machine or a private network: with leave only."""
    NEVER = "never"
    """Link-local (cloud metadata), multicast, unspecified, reserved."""


@dataclass(frozen=True)
class Place:
    """One address, as ``connect`` takes it."""

    family: int
    address: tuple[Any, ...]

    @property
    def ip(self) -> IPAddress:
        """The address alone."""
        return ipaddress.ip_address(str(self.address[0]).split("%", 1)[0])


def look_up(host: str, port: int, kind: int = socket.SOCK_STREAM) -> list[Place]:
    """Return where a name leads, in the resolver's order; raises ``OSError`` or ``UnicodeError`` for nowhere."""
    return [Place(entry[0], entry[4]) for entry in socket.getaddrinfo(host, port, type=kind)]


def judge(address: IPAddress) -> Verdict:
    """Tell whether an address may be called."""
    inner = _carried(address)
    if inner.is_loopback:
        return Verdict.INSIDE
    if inner.is_link_local or inner.is_multicast or inner.is_unspecified or inner.is_reserved:
        return Verdict.NEVER
    return Verdict.FREE if inner.is_global else Verdict.INSIDE


def is_web_port(port: int, ports: tuple[tuple[int, int], ...] = WEB_PORTS) -> bool:
    """Tell whether a web address may have this port; ``ports`` are ranges, both ends in them."""
    return port not in NEVER_PORTS and any(first <= port <= last for first, last in ports)


def _carried(address: IPAddress) -> IPAddress:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
