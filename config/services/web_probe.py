"""Asks the web process whether it lives, without ever waiting for the answer."""

from __future__ import annotations

import socket

REQUEST = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


class WebProbe:
    """Sends one request and looks for its answer at each call; any HTTP answer shows that the server serves."""

    def __init__(self, listener: socket.socket) -> None:
        """``listener`` is the socket the web process accepts from; it takes connections before that one is up."""
        host, port = listener.getsockname()[:2]
        self._address = ({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port)  # noqa: S104 - what it may be
        self._connection: socket.socket | None = None

    def __call__(self) -> bool:
        """Whether an answer has come."""
        if self._connection is None:
            self._connection = socket.create_connection(self._address, timeout=1)
            self._connection.setblocking(False)
            self._connection.sendall(REQUEST)
        try:
            answer = self._connection.recv(64)
        except BlockingIOError:
            return False
        except ConnectionError:
            answer = b""  # the process died with our request: ask the next one
        self._connection.close()
        self._connection = None
        return answer.startswith(b"HTTP/1.")
