"""A radio over HTTP that does on purpose what real ones do by accident."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path
from typing import Self

BURST_SECONDS = 2.0
CHUNK = 1024


class FakeRadio:
    """Serves one MP3 file endlessly at its bit rate, after a burst, with ICY titles; faults are switched by methods."""

    def __init__(self, file: Path, *, bitrate: int = 128_000, metaint: int = 4000, speed: float = 1.0) -> None:
        """Listen on a free port."""
        self.data = file.read_bytes()
        self.rate = bitrate / 8 * speed
        self.metaint = metaint
        self.title: str | bytes = "Ana - Blue"
        self.status = b"HTTP/1.0 200 OK"
        self.headers = b"Content-Type: audio/mpeg\r\n"
        self.connections = 0
        self._sending = threading.Event()
        self._sending.set()
        self._open: set[socket.socket] = set()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()
        self._sending.set()
        self.hang_up()

    @property
    def url(self) -> str:
        """Where to listen."""
        return f"http://127.0.0.1:{self.port}/live"

    def stall(self) -> None:
        """Keep connections open and send nothing."""
        self._sending.clear()

    def resume(self) -> None:
        """Send again."""
        self._sending.set()

    def hang_up(self) -> None:
        """Close every connection."""
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it was closed from the other side already

    def play(self, file: Path) -> None:
        """Go on with another file on the same connections."""
        self.data = file.read_bytes()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        self._open.add(connection)
        try:
            request = connection.recv(65536)
            titles = b"icy-metadata: 1" in request.lower() and self.metaint > 0
            head = self.status + b"\r\n" + self.headers
            head += b"icy-metaint: %d\r\n" % self.metaint if titles else b""
            connection.sendall(head + b"\r\n")
            if b" 200" in self.status:
                self._stream(connection, self.metaint if titles else 0)
        except OSError:
            return  # the listener left
        finally:
            self._open.discard(connection)
            connection.close()

    def _stream(self, connection: socket.socket, metaint: int) -> None:
        place, sent, told = 0, 0, None
        begin = time.monotonic() - BURST_SECONDS
        data = self.data
        while True:
            self._sending.wait()
            if data is not self.data:
                data, place = self.data, 0
            size = min(CHUNK, metaint - sent % metaint) if metaint else CHUNK
            part = data[place : place + size]
            place = (place + len(part)) % len(data)
            connection.sendall(part)
            sent += len(part)
            if metaint and sent % metaint == 0:
                connection.sendall(_metadata(self.title) if self.title != told else b"\x00")
                told = self.title
            ahead = sent / self.rate - (time.monotonic() - begin)
            if ahead > 0:
                threading.Event().wait(ahead)
            elif ahead < -1:
                begin = time.monotonic() - sent / self.rate  # after a stall: no burst of what was not sent


def _metadata(title: str | bytes) -> bytes:
    """Return a title's block; bytes are sent as they are, cut to what a block holds."""
    block = title[: 255 * 16] if isinstance(title, bytes) else f"StreamTitle='{title}';".encode()
    length = -(-len(block) // 16)
    return bytes([length]) + block.ljust(length * 16, b"\x00")
