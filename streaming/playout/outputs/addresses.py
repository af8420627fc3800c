"""Which addresses the engine may send to: every address that a destination's name leads to is checked."""

from __future__ import annotations

import socket

from streaming.playout.addresses import Place, Verdict, judge, look_up
from streaming.playout.errors import OutputError


def resolve(host: str, port: int, *, private: bool, kind: int = socket.SOCK_STREAM) -> list[Place]:
    """Return the addresses of ``host``, all of them checked, in the resolver's order.

    One refused address refuses the name: a name that leads half inside is a trap or a mistake.

    Raises:
        OutputError: the name leads nowhere, or somewhere nothing is sent to.

    """
    try:
        found = look_up(host, port, kind)
    except (OSError, UnicodeError) as error:
        raise OutputError(f"The name {host} is not known. Check its spelling, and this machine's network.") from error
    for place in found:
        _check(host, place, private=private)
    return found


def _check(host: str, place: Place, *, private: bool) -> None:
    verdict = judge(place.ip)
    if verdict is Verdict.NEVER:
        raise OutputError(
            f"{host} leads to {place.ip}, an address of this machine's surroundings that is never sent to."
        )
    if verdict is Verdict.INSIDE and not private:
        raise OutputError(
            f"{host} leads to {place.ip}, on this machine or in a private network. "
            "If that is meant, allow private addresses for this destination.",
        )
