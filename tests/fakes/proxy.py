"""A small TCP proxy between a sender and its peer, to break what lies between them.

By hand: ``python -m tests.fakes.proxy 1936 127.0.0.1:1935 --delay 0.2 --throttle 125000``; lines on standard input
(``down 20``, ``reset``, ``swallow``, ``release`` …) change the weather, and any other line names them all.
"""

from __future__ import annotations

import argparse
import queue
import socket
import ssl
import struct
import sys
import threading
import time
from typing import Self

RESET = struct.pack("ii", 1, 0)
PIECE = 4096
IN_FLIGHT = 1024
"""Pieces on the way in one direction while they are delayed."""


class Proxy:
    """Forwards to a port; each method changes the weather for every connection there is and will be."""

    def __init__(
        self,
        port: int,
        tls: ssl.SSLContext | None = None,
        *,
        host: str = "127.0.0.1",
        listen: tuple[str, int] = ("127.0.0.1", 0),
    ) -> None:
        """Listen (on a free port unless one is named), with TLS if a context is given; forward to ``host:port``."""
        self._tls = tls
        self._target = (host, port)
        self._news = threading.Condition()
        self._pairs: set[_Pair] = set()
        self._server: socket.socket | None = None
        self._flowing = True
        self._accepting = True
        self._closed = False
        self._rate = 0.0
        self._next = {True: 0.0, False: 0.0}
        self._drip: tuple[int, float] = (PIECE, 0.0)
        self._delay = 0.0
        self._limit: int | None = None
        self.host, self.port = listen
        self.connections = 0
        self.forwarded = 0
        """Bytes that went on to the target."""
        self.accept()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Listen no more and reset every connection."""
        self.refuse()
        with self._news:
            self._closed = True
            self._news.notify_all()
        self.reset()

    def swallow(self) -> None:
        """Stop reading, in both directions: the sender's window fills. New connections are taken and never read."""
        self._set(_flowing=False)

    def release(self) -> None:
        """Read again."""
        self._set(_flowing=True)

    def down(self, seconds: float = 0.0) -> None:
        """Lose the line: nothing passes and nobody answers; for so many seconds, or until :meth:`up`."""
        self._set(_flowing=False, _accepting=False)
        if seconds:
            timer = threading.Timer(seconds, self.up)
            timer.daemon = True
            timer.start()

    def up(self) -> None:
        """Have the line back; connections that outlived the loss go on where they were."""
        self._set(_flowing=True, _accepting=True)

    def delay(self, seconds: float) -> None:
        """Let every byte arrive so much later, in each direction."""
        self._set(_delay=seconds)

    def throttle(self, rate: float) -> None:
        """Let so many bytes a second pass in each direction, over all connections together; 0 sets no limit."""
        self._set(_rate=rate)

    def drip(self, size: float = 1, every: float = 0.05) -> None:
        """Let so few bytes pass at a time, with a pause after each; ``every=0`` ends it."""
        self._set(_drip=(int(size), every) if every else (PIECE, 0.0))

    def truncate(self, size: float | None) -> None:
        """End each connection after so many bytes of its sender; None sets no limit."""
        self._set(_limit=None if size is None else int(size))

    def half_open(self) -> None:
        """Lose the peer without a word: senders may go on writing, nothing arrives anywhere, nothing comes back."""
        for pair in list(self._pairs):
            pair.lose_far()

    def reset(self) -> None:
        """Reset every connection."""
        pairs, self._pairs = self._pairs, set()
        for pair in pairs:
            pair.reset()

    def refuse(self) -> None:
        """Refuse new connections; those there are go on."""
        server, self._server = self._server, None
        if server is not None:
            server.shutdown(socket.SHUT_RDWR)
            server.close()

    def accept(self) -> None:
        """Take connections again, on the same port."""
        if self._server is not None:
            return
        server = socket.socket()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        server.bind((self.host, self.port))
        server.listen(64)
        self.port = server.getsockname()[1]
        self._server = server
        threading.Thread(target=self._accept, args=(server,), daemon=True).start()

    def passage(self, upward: bool, passed: int) -> int:
        """Wait until something may be read; return how many bytes, 0 when the connection has had all it gets."""
        with self._news:
            self._news.wait_for(lambda: self._flowing or self._closed)
            size, pause = self._drip
            if self._rate:
                size = min(size, max(1, int(self._rate / 20)))
            if upward and self._limit is not None:
                size = min(size, self._limit - passed)
            due = max(self._next[upward], time.monotonic())
        self._wait_till(due, pause)
        return max(0, size)

    def passed(self, upward: bool, size: int) -> float:
        """Count what was read; return when it arrives on the other side (monotonic seconds)."""
        now = time.monotonic()
        with self._news:
            self.forwarded += size if upward else 0
            if self._rate:
                self._next[upward] = max(self._next[upward], now) + size / self._rate
            return now + self._delay

    def arrive(self, due: float) -> None:
        """Wait for a piece's time, and for the line."""
        self._wait_till(due)
        with self._news:
            self._news.wait_for(lambda: self._flowing or self._closed)

    def _wait_till(self, due: float, pause: float = 0.0) -> None:
        left = max(due - time.monotonic(), pause)
        if left > 0:
            with self._news:
                self._news.wait_for(lambda: self._closed, left)

    def _set(self, **weather: object) -> None:
        with self._news:
            vars(self).update(weather)
            self._news.notify_all()

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                near, _ = server.accept()
            except OSError:
                return
            with self._news:
                self._news.wait_for(lambda: self._accepting or self._closed)
            self.connections += 1
            threading.Thread(target=self._join, args=(near,), daemon=True).start()

    def _join(self, near: socket.socket) -> None:
        """Connect a newcomer to the target; a target that refuses shows as a reset."""
        try:
            if self._tls is not None:
                near = self._tls.wrap_socket(near, server_side=True)
            far = socket.create_connection(self._target)
        except OSError:
            _reset(near)
            return
        pair = _Pair(self, near, far)
        self._pairs.add(pair)
        pair.start()


class _Pair:
    """One connection through the proxy."""

    def __init__(self, proxy: Proxy, near: socket.socket, far: socket.socket) -> None:
        self._proxy = proxy
        self._near = near
        self._far = far
        self._lost = False
        self._over = False
        self._ends = 0

    def start(self) -> None:
        """Forward both ways."""
        for upward in (True, False):
            pieces: queue.Queue[tuple[float, bytes]] = queue.Queue(IN_FLIGHT)
            for work in (self._read, self._write):
                threading.Thread(target=work, args=(upward, pieces), daemon=True).start()

    def lose_far(self) -> None:
        """End the far side; the near one stays open and is read into nothing."""
        self._lost = True
        _reset(self._far)

    def reset(self) -> None:
        """Reset both sides."""
        self._over = True
        _reset(self._near)
        _reset(self._far)

    def _read(self, upward: bool, pieces: queue.Queue[tuple[float, bytes]]) -> None:
        source, passed = (self._near if upward else self._far), 0
        try:
            while (size := self._proxy.passage(upward, passed)) and (data := source.recv(size)):
                passed += len(data)
                pieces.put((self._proxy.passed(upward, len(data)), data))
        except OSError:
            pass  # one side is gone, which the end of the pieces says
        pieces.put((0.0, b""))

    def _write(self, upward: bool, pieces: queue.Queue[tuple[float, bytes]]) -> None:
        sink = self._far if upward else self._near
        try:
            while (piece := pieces.get())[1]:
                self._proxy.arrive(piece[0])
                if not self._lost:
                    sink.sendall(piece[1])
            if not (self._lost or self._over):
                sink.shutdown(socket.SHUT_WR)
        except OSError:
            self.reset()
            while pieces.get()[1]:
                continue  # its reader may wait for a place in the queue
        self._ends += 1
        if self._ends == 2 or (self._lost and upward):
            self.reset()


def _reset(end: socket.socket) -> None:
    try:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        end.shutdown(socket.SHUT_RD)  # wakes who reads; the close then says it as a reset, not as an end
    except OSError:
        pass  # gone already
    end.close()


WEATHER = "swallow release down up delay throttle drip truncate half_open reset refuse accept"


def main() -> None:
    """Forward until standard input ends; each line there is a change of the weather."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("listen", help="[address:]port")
    parser.add_argument("target", help="address:port")
    weather = {"delay": ["SECONDS"], "throttle": ["BYTES/S"], "truncate": ["BYTES"], "drip": ["BYTES", "SECONDS"]}
    for name, units in weather.items():
        parser.add_argument(f"--{name}", type=float, nargs=len(units), metavar=tuple(units))
    given = parser.parse_args()
    address, _, port = given.listen.rpartition(":")
    host, _, target = given.target.rpartition(":")
    with Proxy(int(target), host=host or "127.0.0.1", listen=(address or "127.0.0.1", int(port))) as proxy:
        for name in weather:
            if values := getattr(given, name):
                getattr(proxy, name)(*values)
        for line in sys.stdin:
            _change(proxy, line.split())


def _change(proxy: Proxy, words: list[str]) -> None:
    if not words or words[0] not in WEATHER.split():
        sys.stdout.write(f"Say one of {WEATHER.replace(' ', ', ')}; numbers follow.\n")
        return
    try:
        getattr(proxy, words[0])(*map(float, words[1:]))
    except (ValueError, TypeError) as error:
        sys.stdout.write(f"{words[0]}: {error}\n")


if __name__ == "__main__":
    main()
