"""Asks an address whether an RTMP server answers there: connection, TLS, handshake; nothing is published.

Handshake: Adobe's RTMP 1.0, section 5.2: C0 (version 3) + C1 (1536 bytes: time, zero, random) out;
S0 + S1 + S2 in; C2 (S1 given back) out.
"""

from __future__ import annotations

import os
import socket
import ssl
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streaming.outputs.address import Address

VERSION = 3
CHUNK = 1536
SECONDS = 6.0


class NoAnswerError(Exception):
    """The server could not be reached or does not speak RTMP; the text is a sentence for the operator."""


def shake_hands(address: Address, *, seconds: float = SECONDS) -> float:
    """Connect and exchange the handshake; return how long it took, in seconds.

    Raises:
        NoAnswerError: what went wrong, in one sentence.

    """
    start = time.monotonic()
    where = f"{address.host}, port {address.port}"
    try:
        with _connect(address, seconds) as link:
            _exchange(link, where, start + seconds)
    except socket.gaierror as error:
        raise NoAnswerError(f"No address is known for {address.host}: check the host's spelling.") from error
    except TimeoutError as error:
        raise NoAnswerError(
            f"{where} did not answer within {seconds:.0f} seconds: check host, port, firewall."
        ) from error
    except ssl.SSLCertVerificationError as error:
        raise NoAnswerError(f"The certificate of {address.host} is not valid: {error.verify_message}.") from error
    except ssl.SSLError as error:
        raise NoAnswerError(f"{where} does not speak TLS: write rtmp:// or another port.") from error
    except ConnectionRefusedError as error:
        raise NoAnswerError(f"{where} refused the connection: nothing listens there.") from error
    except OSError as error:
        raise NoAnswerError(f"{where} cannot be reached: {error.strerror or error}.") from error
    return time.monotonic() - start


def _connect(address: Address, seconds: float) -> socket.socket:
    link = socket.create_connection((address.host, address.port), timeout=seconds)
    if address.scheme != "rtmps":
        return link
    try:
        return ssl.create_default_context().wrap_socket(link, server_hostname=address.host)
    except BaseException:
        link.close()
        raise


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
