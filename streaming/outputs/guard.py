"""Which hosts a destination may lie on: this machine and private networks only where the operator allows them.

What is judged here is what can be known when it is typed. A name is looked up in passing, for a second at most, and
saving never depends on it; the engine judges every address again at the moment it connects, and connects to that one.
Link-local addresses, where clouds keep their metadata, are never sent to.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from typing import TYPE_CHECKING

from config.lib.addresses import AddressRefusedError, is_allowed, resolve
from streaming.outputs.errors import DestinationInvalidError

if TYPE_CHECKING:
    from config.lib.addresses import IPAddress

LOOK_UP_SECONDS = 1.0


def check(host: str, *, allow_private: bool, field: str = "url") -> None:
    """Refuse a host that may not be sent to, as far as is known now.

    Raises:
        DestinationInvalidError: ``field`` names the address's field.

    """
    for address in known_addresses(host):
        if is_allowed(address, private=allow_private):
            continue
        if is_allowed(address, private=True):
            raise DestinationInvalidError(
                f"{host} lies on this machine or in a private network. If that is meant, allow private addresses "
                "for this destination.",
                field=field,
            )
        raise DestinationInvalidError(
            f"{host} leads to {address}, an address that is never sent to. Write the receiver's own address.",
            field=field,
        )


def is_private(host: str) -> bool:
    """Tell whether a host is known to lie on this machine or in a private network, where it may lie if allowed."""
    found = known_addresses(host)
    return any(not is_allowed(a, private=False) for a in found) and all(is_allowed(a, private=True) for a in found)


def checked_addresses(host: str, port: int, *, allow_private: bool) -> list[str]:
    """Return the addresses to connect to now, all of them allowed.

    Raises:
        AddressRefusedError: one of them is not; the sentence says what to do.
        NameUnknownError: the name leads nowhere.

    """
    try:
        return [str(address) for address in resolve(host, port, private=allow_private)]
    except AddressRefusedError:
        check(host, allow_private=allow_private)
        raise


def known_addresses(host: str) -> list[IPAddress]:
    """Return where a host leads, if that can be told within a second; nothing if not."""
    try:
        return [ipaddress.ip_address(host.partition("%")[0])]
    except ValueError:
        return _looked_up(host)


def _looked_up(host: str) -> list[IPAddress]:
    """Ask the resolver in a thread of its own: it may take its time, and the operator should not."""
    found: list[IPAddress] = []

    def ask() -> None:
        try:
            told = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return  # not known now; the engine says so when it connects
        found.extend(ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in told)

    thread = threading.Thread(target=ask, name="look-up", daemon=True)
    thread.start()
    thread.join(LOOK_UP_SECONDS)
    return list(found)
