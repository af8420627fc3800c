"""A TCP proxy between the engine and a peer, to break what lies between them."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from typing import Self


class Proxy:
    """Forwards to a port; can stop reading (a blackhole), reset every connection, or refuse new ones."""

    def __init__(self, port: int, tls: ssl.SSLContext | None = None) -> None:
        """Listen on a free port, with TLS if a context is given."""
        self._tls = tls
        self._target = port
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        self.port = self._server.getsockname()[1]
        self._flowing = threading.Event()
        self._flowing.set()
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()
        self._flowing.set()
        self.reset()

    def swallow(self) -> None:
        """Stop reading from the sender: its window fills."""
        self._flowing.clear()

    def release(self) -> None:
        """Read again."""
        self._flowing.set()

    def reset(self) -> None:
        """Reset every connection."""
        pairs, self._pairs = self._pairs, set()
        for end in (end for pair in pairs for end in pair):
            try:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # gone already
            finally:
                end.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._server.accept()
            except OSError:
                return
            self.connections += 1
            if self._tls is not None:
                try:
                    near = self._tls.wrap_socket(near, server_side=True)
                except OSError:
                    continue  # the client does not trust us
            far = socket.create_connection(("127.0.0.1", self._target))
            self._pairs.add((near, far))
            threading.Thread(target=self._pump, args=(near, far), daemon=True).start()
            threading.Thread(target=self._pump, args=(far, near), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while self._flowing.wait() and (data := source.recv(4096)):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            return  # one side is gone
