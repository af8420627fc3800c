"""One platform that takes any number of stations and only notes when what arrives: no pictures are kept.

    python -m tests.benchmarks.crowd.sink PORT

One thread over epoll. Lines it takes: ``count`` (gaps count from now on) and ``tell``, answered by a line of JSON:
per key the longest time without a byte (ms), the largest step of the timestamps (ms), steps backward, bytes, publishes.
"""

from __future__ import annotations

import json
import os
import select
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from streaming.playout.outputs import amf
from streaming.playout.outputs.chunks import COMMAND, WINDOW_SIZE, Message, write_message
from tests.benchmarks.crowd.wire import Wire

HANDSHAKE = 1536
PIECE = 1 << 18


@dataclass
class Publication:
    """What was seen of one key."""

    publishes: int = 0
    bytes: int = 0
    gap: float = 0.0
    step: int = 0
    backward: int = 0
    arrived: float | None = None
    last: dict[int, int] = field(default_factory=dict)

    def arrive(self, now: float, size: int) -> None:
        """Note bytes."""
        if self.arrived is not None:
            self.gap = max(self.gap, now - self.arrived)
        self.arrived = now
        self.bytes += size

    def stamp(self, kind: int, at: int) -> None:
        """Note a message's timestamp; a publication that is new starts anew."""
        before = self.last.get(kind)
        self.last[kind] = at
        if before is not None:
            self.step = max(self.step, at - before)
            self.backward += at < before

    def count(self) -> None:
        """Forget what was worst so far."""
        self.gap, self.step, self.backward, self.bytes, self.publishes = 0.0, 0, 0, 0, 0


class Connection:
    """One publisher."""

    def __init__(self, plain: socket.socket, publications: dict[str, Publication]) -> None:
        """Wait for its handshake."""
        self.socket = plain
        self._publications = publications
        self._hello = bytearray()
        self._greeted = 0
        self._wire = Wire()
        self._publication: Publication | None = None

    def read(self, now: float) -> bool:
        """Take what has arrived; False at the end."""
        try:
            data = self.socket.recv(PIECE)
        except BlockingIOError:
            return True
        except OSError:
            return False
        if not data:
            return False
        if self._greeted < 2:
            data = self._greet(data)
        if self._publication is not None:
            self._publication.arrive(now, len(data))
        for kind, stamp, body in self._wire.feed(data):
            if kind == COMMAND:
                self._answer(amf.decode(body))
            elif self._publication is not None:
                self._publication.stamp(kind, stamp)
        return True

    def _greet(self, data: bytes) -> bytes:
        """Shake hands; returns what follows."""
        self._hello += data
        if self._greeted == 0 and len(self._hello) > HANDSHAKE:
            theirs = bytes(self._hello[1 : 1 + HANDSHAKE])
            del self._hello[: 1 + HANDSHAKE]
            self.socket.send(b"\x03" + bytes(HANDSHAKE) + theirs)
            self._greeted = 1
        if self._greeted == 1 and len(self._hello) >= HANDSHAKE:
            rest = bytes(self._hello[HANDSHAKE:])
            self._hello.clear()
            self._greeted = 2
            return rest
        return b""

    def _answer(self, values: list[Any]) -> None:
        name, transaction = values[0], values[1]
        if name == "connect":
            self._send(Message(WINDOW_SIZE, (1 << 30).to_bytes(4, "big")), 2)
            self._command("_result", transaction, {}, {"code": "NetConnection.Connect.Success", "level": "status"})
        elif name == "createStream":
            self._command("_result", transaction, None, 1.0)
        elif name == "publish":
            key = str(values[3])
            self._publication = self._publications.setdefault(key, Publication())
            self._publication.publishes += 1
            self._publication.last.clear()
            self._command("onStatus", 0, None, {"code": "NetStream.Publish.Start", "level": "status"})

    def _command(self, *values: Any) -> None:
        self._send(Message(COMMAND, amf.encode(*values), 0, 0), 3)

    def _send(self, message: Message, channel: int) -> None:
        self.socket.send(write_message(message, channel, 128))


class Sink:
    """All of them."""

    def __init__(self, port: int) -> None:
        """Listen."""
        self.publications: dict[str, Publication] = {}
        self._connections: dict[int, Connection] = {}
        self._server = socket.create_server(("127.0.0.1", port), backlog=256)
        self._server.setblocking(False)
        self._poll = select.epoll()
        self._poll.register(self._server, select.EPOLLIN)
        self._poll.register(sys.stdin, select.EPOLLIN)

    def run(self) -> None:
        """Serve until standard input ends."""
        while True:
            for handle, _ in self._poll.poll():
                if handle == self._server.fileno():
                    self._accept()
                elif handle == sys.stdin.fileno():
                    if not self._obey(sys.stdin.readline().strip()):
                        return
                elif not self._connections[handle].read(time.monotonic()):
                    self._poll.unregister(handle)
                    self._connections.pop(handle).socket.close()

    def _accept(self) -> None:
        plain, _ = self._server.accept()
        plain.setblocking(False)
        self._connections[plain.fileno()] = Connection(plain, self.publications)
        self._poll.register(plain, select.EPOLLIN)

    def _obey(self, word: str) -> bool:
        now = time.monotonic()
        for publication in self.publications.values():
            if word == "count":
                publication.count()
            elif publication.arrived is not None:  # a silence that still lasts is a gap too
                publication.gap = max(publication.gap, now - publication.arrived)
        if word == "tell":
            told = {
                key: {"gap_ms": p.gap * 1000, "step_ms": p.step, "backward": p.backward, "bytes": p.bytes,
                      "publishes": p.publishes, "arrived": p.arrived is not None}
                for key, p in self.publications.items()
            }  # fmt: skip
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()
        return bool(word)


def main() -> None:
    """Listen on the port the command line names."""
    try:
        os.nice(-10)  # a platform has machines of its own: it must not be late because the stations here are many
    except PermissionError:
        sys.stderr.write("The platform runs at normal priority: it may not raise it here.\n")
    Sink(int(sys.argv[1])).run()


if __name__ == "__main__":
    main()
