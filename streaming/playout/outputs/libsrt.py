"""The SRT library of this machine, by its C interface (libsrt 1.4 and later, docs/API/API-functions.md).

Its secrets are passed in memory, so they stand in no process list; PyAV's own FFmpeg is built without it.
"""

from __future__ import annotations

import contextlib
import ctypes
import ctypes.util
import functools
import socket
import struct
import sys
import threading

from streaming.playout.addresses import Place
from streaming.playout.errors import OutputError

NAMES = ("libsrt-openssl.so.1.5", "libsrt-gnutls.so.1.5", "libsrt.so.1.5", "libsrt.so.1", "libsrt.1.5.dylib")
MISSING = (
    "SRT needs the library libsrt on this machine, and it is not there. "
    "Install it (Debian and Ubuntu: apt install libsrt1.5-openssl; macOS: brew install srt); the next try finds it."
)
PAYLOAD = 1316
"""Bytes in a packet: seven of a transport stream, which is what fits and what every receiver expects."""

FAILED = -1
LOG_CRITICAL = 2
# enum SRT_SOCKOPT
SNDTIMEO, LATENCY, PASSPHRASE, CONNTIMEO, STREAMID = 13, 23, 26, 36, 46
# enum SRT_REJECT_REASON
BAD_SECRET, UNSECURE = 10, 11
REFUSED_BY_APPLICATION = 1000
TIMEOUT_MS = 5000


class Library:
    """The loaded library."""

    def __init__(self, library: ctypes.CDLL) -> None:
        """Start it up."""
        self._srt = library
        library.srt_getlasterror_str.restype = ctypes.c_char_p
        library.srt_rejectreason_str.restype = ctypes.c_char_p
        library.srt_setloglevel(LOG_CRITICAL)
        library.srt_startup()

    def open(self, options: list[tuple[int, int | bytes]]) -> int:
        """Return a new socket with these options set.

        Raises:
            OutputError: one of them is refused.

        """
        handle = int(self._srt.srt_create_socket())
        if handle == FAILED:
            raise OutputError(f"The SRT library gives no socket: {self.last_error()}.")
        for option, value in options:
            data = value if isinstance(value, bytes) else struct.pack("i", value)
            if self._srt.srt_setsockflag(handle, option, data, len(data)) == FAILED:
                self.close(handle)
                raise OutputError(f"The SRT library refuses an option: {self.last_error()}.")
        return handle

    def connect(self, handle: int, place: Place) -> str:
        """Connect; returns what was wrong, nothing if it is connected."""
        address = _sockaddr(place)
        if self._srt.srt_connect(handle, address, len(address)) != FAILED:
            return ""
        reason = int(self._srt.srt_getrejectreason(handle))
        if reason in {BAD_SECRET, UNSECURE}:
            return "it refused the passphrase. Check it: both sides need the same one, or none"
        if reason >= REFUSED_BY_APPLICATION:
            return f"it refused the stream (code {reason - REFUSED_BY_APPLICATION}). Check the stream key"
        return self.last_error()

    def send(self, handle: int, data: bytes) -> bool:
        """Send one packet; tells whether it was taken."""
        return bool(self._srt.srt_sendmsg(handle, data, len(data), -1, 1) != FAILED)

    def close(self, handle: int) -> None:
        """Close a socket, also from another thread; what was not sent is thrown away."""
        self._srt.srt_close(handle)

    def last_error(self) -> str:
        """Return the library's words for this thread's last error."""
        said: bytes = self._srt.srt_getlasterror_str() or b"it gives no reason"
        return said.decode(errors="replace").rstrip(".")


_loading = threading.Lock()


def library() -> Library:
    """Return the library, looked for again as long as it is not there.

    Raises:
        OutputError: it is not on this machine.

    """
    with _loading:
        return _load()


@functools.cache
def _load() -> Library:
    for name in NAMES:
        with contextlib.suppress(OSError):  # another name, or none
            return Library(ctypes.CDLL(name))
    found = ctypes.util.find_library("srt")
    if found is None:
        raise OutputError(MISSING)
    try:
        return Library(ctypes.CDLL(found))
    except OSError as error:
        raise OutputError(f"The library {found} cannot be loaded: {error}.") from error


def _sockaddr(place: Place) -> bytes:
    """Return the C structure of an address."""
    host, port = place.address[0], place.address[1]
    if place.family == socket.AF_INET6:
        rest = struct.pack("!HI", port, 0) + socket.inet_pton(socket.AF_INET6, host.split("%", 1)[0])
        rest += struct.pack("I", place.address[3] if len(place.address) > 3 else 0)  # noqa: PLR2004 - the scope
    else:
        rest = struct.pack("!H", port) + socket.inet_pton(socket.AF_INET, host) + bytes(8)
    if sys.platform == "darwin":
        return struct.pack("BB", len(rest) + 2, place.family) + rest
    return struct.pack("H", place.family) + rest
