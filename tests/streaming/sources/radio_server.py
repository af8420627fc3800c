"""A local HTTP server whose pages a test writes, and which remembers what it was asked."""

from __future__ import annotations

import json
import threading
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.fakes.serving import Handler, serving


@dataclass
class Page:
    """What a path answers."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class RadioServer(ThreadingHTTPServer):
    """``pages`` by path; ``calls`` are (path, headers) in order; ``asked`` is set at each call."""

    daemon_threads = True

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.calls: list[tuple[str, dict[str, str]]] = []
        self.asked = threading.Event()
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def say(self, path: str, document: Any = None, *, status: int = 200, **headers: str) -> None:
        """Have a path answer with a JSON document, or with bytes as they are."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.pages[path] = Page(body, status, {name.replace("_", "-"): value for name, value in headers.items()})


class _Handler(Handler, BaseHTTPRequestHandler):
    server: RadioServer

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.calls.append((self.path, headers))
        page = self.server.pages.get(self.path, Page(b'{"code":404,"type":"NotFoundException"}', 404))
        unchanged = "ETag" in page.headers and headers.get("if-none-match") == page.headers["ETag"]
        self.send_response(304 if unchanged else page.status)
        for name, value in page.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0" if unchanged else str(len(page.body)))
        self.end_headers()
        if not unchanged:
            self.wfile.write(page.body)
        self.server.asked.set()


def radio_server() -> AbstractContextManager[RadioServer]:
    """Run one for the length of a block."""
    return serving(RadioServer())
