"""Asks an address whether an SRT receiver answers there: the first half of the handshake, which commits to nothing.

Induction (draft-sharabayko-srt, section 4.3.1.1): the caller sends a handshake of version 4 with type 1 and no
cookie; a listener answers with version 5, the magic 0x4A17 in its extension field, and a cookie. The caller that goes
no further leaves nothing behind at the listener.
"""

from __future__ import annotations

import ipaddress
import secrets
import socket
import struct
import time
from typing import TYPE_CHECKING

from streaming.outputs.reaching import SECONDS, NoAnswerError, told_plainly

if TYPE_CHECKING:
    from streaming.outputs.reaching import Target

HEADER = struct.Struct(">HHIII")  # control type with its first bit set, subtype, more, time, receiver's socket
HANDSHAKE = struct.Struct(">IHHIIIIII16s")
CONTROL_HANDSHAKE = 0x8000
CALLER_VERSION, LISTENER_VERSION = 4, 5
SOCKET_DATAGRAM, INDUCTION, MAGIC = 2, 1, 0x4A17
PACKET, WINDOW = 1500, 8192
AGAIN_SECONDS = 0.5


def shake_hands(target: Target, *, seconds: float = SECONDS) -> float:
    """Ask until something answers; return how long that took, in seconds.

    Raises:
        NoAnswerError: nothing answered, or no SRT receiver did.

    """
    start = time.monotonic()
    address = target.addresses[0]
    family = socket.AF_INET6 if ipaddress.ip_address(address).version == 6 else socket.AF_INET  # noqa: PLR2004 - IPv6
    with told_plainly(target, seconds), socket.socket(family, socket.SOCK_DGRAM) as link:
        link.connect((address, target.port))
        _check(_answer(link, _induction(address), start + seconds), target.where)
    return time.monotonic() - start


def _answer(link: socket.socket, question: bytes, deadline: float) -> bytes:
    """Send a datagram again and again until one comes back; they may be lost."""
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        link.send(question)
        link.settimeout(min(AGAIN_SECONDS, left))
        try:
            return link.recv(PACKET)
        except TimeoutError:
            continue


def _induction(address: str) -> bytes:
    header = HEADER.pack(CONTROL_HANDSHAKE, 0, 0, 0, 0)
    number, own = secrets.randbits(31), secrets.randbits(30)
    peer = ipaddress.ip_address(address).packed[::-1][:4].ljust(16, b"\0")
    return header + HANDSHAKE.pack(CALLER_VERSION, 0, SOCKET_DATAGRAM, number, PACKET, WINDOW, INDUCTION, own, 0, peer)


def _check(answer: bytes, where: str) -> None:
    """Refuse what is no listener's answer to an induction."""
    if len(answer) >= HEADER.size + HANDSHAKE.size and HEADER.unpack_from(answer)[:2] == (CONTROL_HANDSHAKE, 0):
        version, _, extension, *_ = HANDSHAKE.unpack_from(answer, HEADER.size)
        if version == LISTENER_VERSION and extension == MAGIC:
            return
    raise NoAnswerError(f"{where} answers, but not as an SRT receiver that waits for callers: check port and mode.")
