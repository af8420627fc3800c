"""Asks an address whether an RTMP server answers there: connection, TLS, handshake; nothing is published.

Handshake: Adobe's RTMP 1.0, section 5.2: C0 (version 3) + C1 (1536 bytes: time, zero, random) out;
S0 + S1 + S2 in; C2 (S1 given back) out.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from streaming.outputs.reaching import SECONDS, NoAnswerError, connected, told_plainly

if TYPE_CHECKING:
    import socket

    from streaming.outputs.reaching import Target

VERSION = 3
CHUNK = 1536


def shake_hands(target: Target, *, seconds: float = SECONDS) -> float:
    """Connect and exchange the handshake; return how long it took, in seconds.

    Raises:
        NoAnswerError: what went wrong, in one sentence.

    """
    start = time.monotonic()
    with told_plainly(target, seconds), connected(target, seconds) as link:
        _exchange(link, target.where, start + seconds)
    return time.monotonic() - start


def _exchange(link: socket.socket, where: str, deadline: float) -> None:
    link.sendall(bytes([VERSION]) + bytes(8) + os.urandom(CHUNK - 8))
    version = _read(link, 1, where, deadline)[0]
    if version != VERSION:
        raise NoAnswerError(f"{where} answers, but not as an RTMP server: check the port.")
    theirs = _read(link, CHUNK, where, deadline)
    _read(link, CHUNK, where, deadline)
    link.sendall(theirs)


def _read(link: socket.socket, size: int, where: str, deadline: float) -> bytes:
    data = bytearray()
    while len(data) < size:
        link.settimeout(max(0.01, deadline - time.monotonic()))
        part = link.recv(size - len(data))
        if not part:
            raise NoAnswerError(f"{where} hung up during the handshake: it is not an RTMP server, or refuses us.")
        data += part
    return bytes(data)
