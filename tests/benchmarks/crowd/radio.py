"""Many radios in one process: every listener gets one file in real time, endlessly, with ICY titles.

    python -m tests.benchmarks.crowd.radio PORT FILE CONTENT_TYPE SECONDS

One thread over epoll; each listener is sent what is due ten times a second, after a burst of two seconds.
"""

from __future__ import annotations

import heapq
import os
import select
import socket
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

BURST_SECONDS = 2.0
TICK = 0.1
INTERVAL = 16_000
"""Bytes of sound between two places for titles: Icecast's."""

TITLE_EVERY = 20.0


@dataclass(order=True)
class Listener:
    """One connection, by when it is to be sent something."""

    due: float
    began: float = field(compare=False)
    connection: socket.socket = field(compare=False)
    sent: int = field(compare=False, default=0)
    told: int = field(compare=False, default=-1)
    waiting: bytes = field(compare=False, default=b"")


class Radio:
    """Serves one file."""

    def __init__(self, port: int, data: bytes, kind: str, seconds: float) -> None:
        """``seconds`` is how long the file plays."""
        self._data = data + data[: 1 << 20]
        self._length = len(data)
        self._rate = len(data) / seconds
        self._kind = kind
        self._due: list[Listener] = []
        self._server = socket.create_server(("127.0.0.1", port), backlog=256)
        self._server.setblocking(False)
        self._poll = select.epoll()
        self._poll.register(self._server, select.EPOLLIN)
        self._asking: dict[int, socket.socket] = {}

    def run(self) -> None:
        """Serve for ever."""
        while True:
            wait = max(0.0, self._due[0].due - time.monotonic()) if self._due else 1.0
            for handle, _ in self._poll.poll(wait):
                if handle == self._server.fileno():
                    self._accept()
                else:
                    self._greet(self._asking.pop(handle))
            now = time.monotonic()
            while self._due and self._due[0].due <= now:
                self._serve(heapq.heappop(self._due), now)

    def _accept(self) -> None:
        connection, _ = self._server.accept()
        self._asking[connection.fileno()] = connection
        self._poll.register(connection, select.EPOLLIN)

    def _greet(self, connection: socket.socket) -> None:
        self._poll.unregister(connection)
        if not connection.recv(65536):
            connection.close()
            return
        kbps = round(self._rate / 125)
        head = f"HTTP/1.0 200 OK\r\nContent-Type: {self._kind}\r\nicy-metaint: {INTERVAL}\r\nicy-br: {kbps}\r\n\r\n"
        connection.send(head.encode())
        connection.setblocking(False)
        now = time.monotonic()
        heapq.heappush(self._due, Listener(now, now - BURST_SECONDS, connection))

    def _serve(self, listener: Listener, now: float) -> None:
        """Send what is due; what the listener's socket does not take now goes first the next time."""
        wanted = int((now - listener.began) * self._rate) - listener.sent
        data = listener.waiting + self._part(listener, wanted, now)
        try:
            taken = listener.connection.send(data)
        except BlockingIOError:
            taken = 0
        except OSError:
            listener.connection.close()
            return
        listener.waiting = data[taken:]
        listener.due = max(listener.due + TICK, now)
        heapq.heappush(self._due, listener)

    def _part(self, listener: Listener, wanted: int, now: float) -> bytes:
        parts: list[bytes] = []
        while wanted > 0:
            size = min(wanted, INTERVAL - listener.sent % INTERVAL)
            place = listener.sent % self._length
            parts.append(self._data[place : place + size])
            listener.sent += size
            wanted -= size
            if listener.sent % INTERVAL == 0:
                parts.append(self._title(listener, now))
        return b"".join(parts)

    def _title(self, listener: Listener, now: float) -> bytes:
        number = int((now - listener.began) / TITLE_EVERY)
        if number == listener.told:
            return b"\0"
        listener.told = number
        block = f"StreamTitle='Ana - Song {number}';".encode()
        length = -(-len(block) // 16)
        return bytes([length]) + block.ljust(length * 16, b"\0")


def main() -> None:
    """Serve the file the command line names."""
    port, file, kind, seconds = sys.argv[1:]
    try:
        os.nice(-10)  # a radio has a machine of its own: it must not be late because the stations here are many
    except PermissionError:
        sys.stderr.write("The radio runs at normal priority: it may not raise it here.\n")
    Radio(int(port), Path(file).read_bytes(), kind, float(seconds)).run()


if __name__ == "__main__":
    main()
