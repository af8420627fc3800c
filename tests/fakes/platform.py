"""What the fakes of YouTube and Twitch share: calls kept, faults on request, JSON out."""

from __future__ import annotations

import itertools
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes.serving import Handler


@dataclass
class Asked:
    """One request: ``what`` is ``POST /token``, ``form`` the posted fields, ``body`` the JSON or bytes."""

    what: str
    params: dict[str, list[str]]
    headers: dict[str, str]
    form: dict[str, str] = field(default_factory=dict)
    body: Any = None

    def param(self, name: str) -> str:
        return self.params.get(name, [""])[0]


@dataclass
class Answered:
    """What is sent back."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class FakePlatform(ThreadingHTTPServer):
    """A platform's servers behind one port.

    ``faults`` are answered first, in order, by ``what``; ``entered`` says how a login by code goes on.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.numbers = itertools.count(1)
        self.entered = "authorization_pending"
        self.access: set[str] = set()
        self.refresh: set[str] = set()
        self.asked: list[Asked] = []
        self.faults: dict[str, list[Answered | None]] = {}
        self.lock = threading.RLock()

    def fail(self, what: str, *answers: Answered | None) -> None:
        """Give these answers to the next requests of a kind; None: hang up after doing what was asked."""
        self.faults.setdefault(what, []).extend(answers)

    def count(self, what: str) -> int:
        return sum(asked.what == what for asked in self.asked)

    def last(self, what: str) -> Asked:
        return next(asked for asked in reversed(self.asked) if asked.what == what)

    def answer(self, asked: Asked) -> Answered:
        raise NotImplementedError

    def respond(self, asked: Asked) -> Answered | None:
        with self.lock:
            self.asked.append(asked)
            waiting = self.faults.get(asked.what)
            if not waiting:
                return self.answer(asked)
            fault = waiting.pop(0)
            if fault is None:
                self.answer(asked)
            return fault


class _Handler(Handler, BaseHTTPRequestHandler):
    server: FakePlatform
    protocol_version = "HTTP/1.1"

    def _do(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = Asked(
            f"{self.command} {parts.path}",
            parse_qs(parts.query, keep_blank_values=True),
            {name.lower(): value for name, value in self.headers.items()},
        )
        kind = self.headers.get("Content-Type", "")
        if kind.startswith("application/x-www-form-urlencoded"):
            asked.form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        elif kind.startswith("application/json"):
            asked.body = json.loads(body)
        else:
            asked.body = body
        answer = self.server.respond(asked)
        if answer is None:
            self.close_connection = True
            return
        self._send(answer)

    def do_GET(self) -> None:
        self._do()

    def do_POST(self) -> None:
        self._do()

    def do_PATCH(self) -> None:
        self._do()

    def _send(self, answer: Answered) -> None:
        data = answer.body if isinstance(answer.body, bytes) else b""
        if answer.body is not None and not isinstance(answer.body, bytes):
            data = json.dumps(answer.body).encode()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
