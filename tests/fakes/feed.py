"""AzuraCast's live feed as a local server: Centrifugo's one-way server-sent events, said when a test says so."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes.serving import Handler, serving

PATH = "/api/live/nowplaying/sse"


class FakeFeed(ThreadingHTTPServer):
    """``pages`` are answers to polls by path; ``asked`` the connect commands; what :meth:`say` gives goes to all."""

    daemon_threads = True

    def __init__(self) -> None:
        self.pages: dict[str, Any] = {}
        self.polls: list[str] = []
        self.asked: list[Any] = []
        self.status = 200
        self.first: list[Any] = []
        self._listeners: list[queue.Queue[bytes | None]] = []
        self._changed = threading.Condition()
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def say(self, message: Any) -> None:
        """Send a message to whoever listens; bytes go out as they are."""
        data = message if isinstance(message, bytes) else b"data: " + json.dumps(message).encode() + b"\n\n"
        for listener in list(self._listeners):
            listener.put(data)

    def hang_up(self) -> None:
        """End every connection."""
        for listener in list(self._listeners):
            listener.put(None)

    def wait_for_listeners(self, count: int, *, within: float = 10) -> None:
        """Wait until so many are connected."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self._listeners) == count, within), len(self._listeners)

    def note(self, listener: queue.Queue[bytes | None], *, here: bool) -> None:
        """Somebody connected or left."""
        with self._changed:
            if here:
                self._listeners.append(listener)
            else:
                self._listeners.remove(listener)
            self._changed.notify_all()


class _Handler(Handler, BaseHTTPRequestHandler):
    server: FakeFeed

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == PATH:
            self.server.asked.append(json.loads(parse_qs(parts.query)["cf_connect"][0]))
            self._feed()
            return
        self.server.polls.append(parts.path)
        page = self.server.pages.get(parts.path)
        body = json.dumps(page if page is not None else {"code": 404}).encode()
        self.send_response(200 if page is not None else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _feed(self) -> None:
        self.send_response(self.server.status)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        if self.server.status != 200:
            return
        listener: queue.Queue[bytes | None] = queue.Queue()
        self.wfile.write(b"\r\n")
        for message in self.server.first:
            self.wfile.write(b"data: " + json.dumps(message).encode() + b"\n\n")
        self.wfile.flush()
        self.server.note(listener, here=True)
        try:
            while (data := listener.get()) is not None:
                self.wfile.write(data)
                self.wfile.flush()
        finally:
            self.server.note(listener, here=False)


@contextmanager
def fake_feed() -> Iterator[FakeFeed]:
    """Run one."""
    with serving(FakeFeed()) as server:
        try:
            yield server
        finally:
            server.hang_up()
