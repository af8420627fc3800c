"""Connects to an address that was checked, and says in a sentence why not. TLS is verified."""

from __future__ import annotations

import socket
import ssl
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 6.0
SECURE = frozenset({"rtmps", "https"})


class NoAnswerError(Exception):
    """A server could not be reached or does not speak what it should; the text is a sentence for the operator."""


@dataclass(frozen=True)
class Target:
    """A server: its name, port and scheme, and the addresses it may be called at, in order."""

    host: str
    port: int
    scheme: str
    addresses: list[str]

    @property
    def where(self) -> str:
        """Host and port, for a sentence."""
        return f"{self.host}, port {self.port}"


def connect_only(target: Target, *, seconds: float = SECONDS) -> float:
    """Connect, with TLS where the scheme asks for it; return how long it took, in seconds.

    Raises:
        NoAnswerError: what went wrong, in one sentence.

    """
    start = time.monotonic()
    with told_plainly(target, seconds), connected(target, seconds):
        return time.monotonic() - start


@contextmanager
def connected(target: Target, seconds: float) -> Iterator[socket.socket]:
    """Give a connection to the first of the addresses that takes one; raises as sockets do."""
    link = _connect(target, seconds)
    try:
        if target.scheme in SECURE:
            link = ssl.create_default_context().wrap_socket(link, server_hostname=target.host)
        yield link
    finally:
        link.close()


@contextmanager
def told_plainly(target: Target, seconds: float) -> Iterator[None]:
    """Turn what sockets raise into a sentence.

    Raises:
        NoAnswerError: the sentence.

    """
    where = target.where
    try:
        yield
    except TimeoutError as error:
        raise NoAnswerError(
            f"{where} did not answer within {seconds:.0f} seconds: check host, port, firewall."
        ) from error
    except ssl.SSLCertVerificationError as error:
        raise NoAnswerError(f"The certificate of {target.host} is not valid: {error.verify_message}.") from error
    except ssl.SSLError as error:
        raise NoAnswerError(f"{where} does not speak TLS: write the address without it, or another port.") from error
    except ConnectionRefusedError as error:
        raise NoAnswerError(f"{where} refused the connection: nothing listens there.") from error
    except OSError as error:
        raise NoAnswerError(f"{where} cannot be reached: {error.strerror or error}.") from error


def _connect(target: Target, seconds: float) -> socket.socket:
    deadline = time.monotonic() + seconds
    for address in target.addresses[:-1]:
        try:
            return socket.create_connection((address, target.port), timeout=max(0.1, deadline - time.monotonic()))
        except OSError:
            continue  # the name's next address may answer
    return socket.create_connection((target.addresses[-1], target.port), max(0.1, deadline - time.monotonic()))
