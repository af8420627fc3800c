"""A connection to a checked address: time limits on every call, and nothing is written once the turn is over."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import struct
import time

from streaming.playout.addresses import Place
from streaming.playout.errors import HeldError, OutputError
from streaming.playout.lease import Fence
from streaming.playout.outputs.addresses import resolve

TIMEOUT = 10.0
UNSENT = 256 << 10
"""Bytes the system may hold that it has not begun to send: what waits longer waits in our queue, which drops GOPs."""

RESET_AT_CLOSE = struct.pack("ii", 1, 0)
READ_SIZE = 65536


class Wire:
    """One TCP or TLS connection. Calls block up to :data:`TIMEOUT` seconds and raise :class:`OutputError`.

    Sending is tried without waiting, so that the turn is looked at right before the system gets the bytes. What it
    had taken before the turn was over and not yet sent is thrown away by a reset.
    """

    def __init__(self, host: str, port: int, fence: Fence, *, secure: bool, private: bool) -> None:
        """Connect to one of the host's checked addresses; a TLS certificate must be the host's."""
        self.host = host
        self.patience = TIMEOUT
        """Seconds that a call waits for the other side."""
        self._fence = fence
        self._socket: socket.socket | None = None
        self._plain = self._connect(host, port, private=private)
        self._socket = self._plain
        try:
            if secure:
                self._socket = self._secured()
        except BaseException:
            self.close()
            raise
        self._socket.setblocking(False)
        self._readable, self._writable = select.poll(), select.poll()
        self._readable.register(self._socket, select.POLLIN)
        self._writable.register(self._socket, select.POLLOUT)

    def send(self, data: bytes) -> None:
        """Send all of it."""
        left = memoryview(data)
        while left:
            self._fence.check()
            try:
                left = left[self._open.send(left) :]
            except (BlockingIOError, ssl.SSLWantWriteError):
                self._await(self._writable, "has stopped taking data for")
            except ssl.SSLWantReadError:
                self._await(self._readable, "has stopped taking data for")
            except OSError as error:
                raise self._broken(error) from error

    def receive(self) -> bytes:
        """Wait for bytes and return them; none: the other side has closed."""
        deadline = time.monotonic() + self.patience
        while True:
            try:
                return self._open.recv(READ_SIZE)
            except (BlockingIOError, ssl.SSLWantReadError):
                self._await(self._readable, "did not answer within", deadline - time.monotonic())
            except ssl.SSLWantWriteError:
                self._await(self._writable, "did not answer within", deadline - time.monotonic())
            except OSError as error:
                raise self._broken(error) from error

    @property
    def has_news(self) -> bool:
        """Whether :meth:`receive` would return at once."""
        waiting = self._socket
        return bool(self._readable.poll(0)) or (isinstance(waiting, ssl.SSLSocket) and waiting.pending() > 0)

    def close(self) -> None:
        """Close the connection; also one that is closed."""
        self._fence.leave(self._cut)
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    @property
    def _open(self) -> socket.socket:
        if self._socket is None:
            raise OutputError(f"The connection to {self.host} is closed.")
        return self._socket

    def _connect(self, host: str, port: int, *, private: bool) -> socket.socket:
        """Return a connection to the first address that answers."""
        last: OSError = OSError("it has no address")
        for place in resolve(host, port, private=private):
            try:
                return self._connect_to(place)
            except OSError as error:
                self._fence.leave(self._cut)
                self._fence.check()
                last = error
        raise OutputError(f"{host}:{port} cannot be reached: {words(last)}.") from last

    def _connect_to(self, place: Place) -> socket.socket:
        plain = self._plain = socket.socket(place.family, socket.SOCK_STREAM)
        try:
            plain.settimeout(TIMEOUT)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if hasattr(socket, "TCP_NOTSENT_LOWAT"):
                plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT)
            self._fence.enter(self._cut)
            plain.connect(place.address)
        except BaseException:
            plain.close()
            raise
        return plain

    def _secured(self) -> ssl.SSLSocket:
        context = ssl.create_default_context()
        try:
            secured = context.wrap_socket(self._plain, server_hostname=self.host, do_handshake_on_connect=False)
            self._socket = self._plain = secured
            self._fence.check()
            secured.do_handshake()
        except OSError as error:
            self._fence.check()
            raise OutputError(f"{self.host} offers no TLS that can be trusted: {words(error)}.") from error
        return secured

    def _await(self, poll: select.poll, doing: str, seconds: float | None = None) -> None:
        seconds = self.patience if seconds is None else max(0.0, seconds)
        if not poll.poll(seconds * 1000):
            raise OutputError(f"{self.host} {doing} {self.patience:g} seconds.") from TimeoutError()

    def _broken(self, error: OSError) -> OutputError:
        try:
            self._fence.check()
        except HeldError as held:
            return held
        return OutputError(f"The connection to {self.host} broke: {words(error)}.")

    def _cut(self) -> None:
        """End it from another thread: whoever waits in it wakes, and closing it resets it."""
        ended = self._plain
        with contextlib.suppress(OSError):  # it is closed, or not connected yet
            ended.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
            # Not the TLS socket's own: that would go on in plain text.
            socket.socket.shutdown(ended, socket.SHUT_RDWR)


def words(error: OSError) -> str:
    """Return the system's words for an error, without a full stop."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return (error.strerror or str(error) or type(error).__name__).rstrip(".")
