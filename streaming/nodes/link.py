"""One connection to an encoder's socket: a hello, then lines in and commands out (docs/playout.md)."""

from __future__ import annotations

import json
import os
import socket
import struct
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LINE_LIMIT = 4 * 1024 * 1024
SEND_SECONDS = 2
GREETING_SECONDS = 3.0

Json = dict[str, Any]


class LinkError(OSError):
    """The encoder cannot be talked to; the text says why."""


class Link:
    """A connection whose lines a thread of its own hands on; any thread may send."""

    def __init__(self, path: Path, deliver: Callable[[Link, Json], None], closed: Callable[[Link, str], None]) -> None:
        """``deliver`` gets each event, ``closed`` one call with the reason; both run in the link's thread."""
        self._path = path
        self._deliver = deliver
        self._closed = closed
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._sending = threading.Lock()
        self._buffer = bytearray()

    def greet(self, since: int, seconds: float = GREETING_SECONDS) -> Json:
        """Connect, say hello, return the encoder's hello, and hand on what follows it.

        Raises:
            LinkError: nobody answers, or not as an encoder.

        """
        try:
            hello = self._exchange(since, time.monotonic() + seconds)
        except (OSError, ValueError) as error:
            self._socket.close()
            raise LinkError(f"The encoder at {self._path.name} cannot be talked to: {error}") from error
        self._socket.settimeout(None)
        limit = struct.pack("@ll", SEND_SECONDS, 0)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
        threading.Thread(target=self._read, name=f"link-{self._path.stem[:8]}", daemon=True).start()
        return hello

    def peer_pid(self) -> int:
        """Return the pid of the process at the other end as the system knows it; 0 where it does not tell."""
        if not hasattr(socket, "SO_PEERCRED"):
            return 0
        size = struct.calcsize("3i")
        pid, _, _ = struct.unpack("3i", self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
        return int(pid)

    def send(self, command: Json) -> bool:
        """Send one command; return whether it went out. One that takes no lines for two seconds is cut off."""
        line = json.dumps(command, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        with self._sending:
            try:
                self._socket.sendall(line)
            except OSError:
                self.close()
                return False
        return True

    def close(self) -> None:
        """Hang up; the reading thread notices."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # not connected any more

    def _exchange(self, since: int, deadline: float) -> Json:
        self._socket.settimeout(max(0.05, deadline - time.monotonic()))
        self._socket.connect(os.fspath(self._path))
        self._socket.sendall(json.dumps({"do": "hello", "since": since}).encode() + b"\n")
        while b"\n" not in self._buffer:
            self._socket.settimeout(max(0.05, deadline - time.monotonic()))
            self._take()
        hello = self._next_line()
        if hello is None or hello.get("event") != "hello":
            raise ValueError("it does not say hello")
        return hello

    def _read(self) -> None:
        """Hand on lines until the connection ends."""
        reason = "this end failed"
        try:
            while True:
                while (event := self._next_line()) is not None:
                    self._deliver(self, event)
                self._take()
        except (OSError, ValueError) as error:
            reason = str(error)
        finally:
            self._socket.close()
            self._closed(self, reason)

    def _take(self) -> None:
        part = self._socket.recv(65536)
        if not part:
            raise LinkError("the connection ended")
        self._buffer += part
        if len(self._buffer) > LINE_LIMIT:
            raise LinkError("a line is too long")

    def _next_line(self) -> Json | None:
        """Return the next whole line, ``None`` if it is not there yet.

        Raises:
            ValueError: it is not a JSON object.

        """
        line, end, rest = self._buffer.partition(b"\n")
        if not end:
            return None
        self._buffer = rest
        event = json.loads(line)
        if not isinstance(event, dict):
            raise ValueError("a line is not an object")  # noqa: TRY004 - one kind of error for any bad line
        return event
