"""Which addresses the engine may send to: names are resolved here, and every address they lead to is checked."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from typing import Any

from streaming.playout.errors import OutputError

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
# Addresses that carry an IPv4 one, which is what is really called: NAT64 (RFC 6052), 6to4 (RFC 3056), ::ffff:0:0/96.
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True)
class Place:
    """One checked address, as ``connect`` takes it."""

    family: int
    address: tuple[Any, ...]


def resolve(host: str, port: int, *, private: bool, kind: int = socket.SOCK_STREAM) -> list[Place]:
    """Return the addresses of ``host``, all of them checked, in the resolver's order.

    One refused address refuses the name: a name that leads half inside is a trap or a mistake.

    Raises:
        OutputError: the name leads nowhere, or somewhere nothing is sent to.

    """
    try:
        found = socket.getaddrinfo(host, port, type=kind)
    except (OSError, UnicodeError) as error:
        raise OutputError(f"The name {host} is not known. Check its spelling, and this machine's network.") from error
    for entry in found:
        _check(host, ipaddress.ip_address(str(entry[4][0]).split("%", 1)[0]), private=private)
    return [Place(entry[0], entry[4]) for entry in found]


def _check(host: str, address: IPAddress, *, private: bool) -> None:
    inner = _carried(address)
    inside = inner.is_loopback or not inner.is_global
    if not inner.is_loopback and (
        inner.is_link_local or inner.is_multicast or inner.is_unspecified or inner.is_reserved
    ):
        raise OutputError(
            f"{host} leads to {address}, an address of this machine's surroundings that is never sent to."
        )
    if inside and not private:
        raise OutputError(
            f"{host} leads to {address}, on this machine or in a private network. "
            "If that is meant, allow private addresses for this destination.",
        )


def _carried(address: IPAddress) -> IPAddress:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
