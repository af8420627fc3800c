"""Which addresses an outbound connection may go to."""

from __future__ import annotations

import ipaddress
import socket

from config.lib.problem import LongwaveError

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
# IPv6 forms that carry an IPv4 address which is what is really called: NAT64 (RFC 6052) and 6to4 (RFC 3056).
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


# Databases, mail, chat, printers, phones: what a request could be misread by. The web's own list of ports no page calls
# (https://fetch.spec.whatwg.org/#port-blocking), and the stores that stand beside us.
NEVER_PORTS = frozenset(
    {1719, 1720, 1723, 2049, 3306, 3659, 4045, 4190, 5060, 5061, 5432, 6000, 6379, 6566, *range(6665, 6670), 6679}
    | {6697, 10080, 11211, 27017}
)


class AddressRefusedError(LongwaveError):
    """A URL leads to an address that may not be called."""

    status = 422
    title = "The address is not allowed"


class NameUnknownError(LongwaveError):
    """A host name leads nowhere."""

    status = 502
    title = "The name could not be found"


def resolve(host: str, port: int, *, private: bool) -> list[IPAddress]:
    """Return the addresses of ``host``, all of them checked, in the resolver's order.

    One refused address refuses the name: a name that leads half inside is a trap or a mistake.

    Raises:
        AddressRefusedError: it leads to an address that may not be called.
        NameUnknownError: it leads nowhere.

    """
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NameUnknownError(f"The name {host} is not known. Check its spelling.") from error
    addresses = list(dict.fromkeys(ipaddress.ip_address(str(entry[4][0]).split("%", 1)[0]) for entry in found))
    for address in addresses:
        if not is_allowed(address, private=private):
            raise AddressRefusedError(f"{host} leads to {address}, which Longwave does not call.")
    return addresses


def check_port(port: int, ports: tuple[tuple[int, int], ...]) -> None:
    """Refuse a port outside of the ranges ``ports`` (both ends in them), and those that no web address has.

    Raises:
        AddressRefusedError: the sentence names the port.

    """
    if port in NEVER_PORTS or not any(first <= port <= last for first, last in ports):
        raise AddressRefusedError(f"The address names port {port}, which Longwave does not call.")


def is_allowed(address: IPAddress, *, private: bool) -> bool:
    """Tell whether an address may be called; ``private``: loopback and private networks too.

    Link-local addresses (cloud metadata lives at 169.254.169.254), multicast, unspecified and reserved ones never.
    """
    inner = _carried(address)
    if inner.is_loopback:
        return private
    if inner.is_link_local or inner.is_multicast or inner.is_unspecified or inner.is_reserved:
        return False
    return private or inner.is_global


def _carried(address: IPAddress) -> IPAddress:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
