"""Discord, Slack and Telegram on one local server, as far as their contracts go; and a mail server.

What they answer next is put into ``answers``; without, they take every message as the real ones do.
"""

from __future__ import annotations

import json
import socketserver
from collections import deque
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from typing import Any

from tests.fakes.serving import Handler

DISCORD = "/api/webhooks/123456789012345678/Secret-Discord_Token"
SLACK = "/services/T0000/B0000/SecretSlackPath"
TOKEN = "123456789:Secret-Telegram_Token-0123456789abcdef"
SECRETS = ("Secret-Discord_Token", "SecretSlackPath", "Secret-Telegram_Token")


@dataclass
class Answer:
    """What is answered once."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Post:
    """What somebody sent."""

    path: str
    body: dict[str, Any]


class Chats(ThreadingHTTPServer):
    """The server; ``posts`` is all it took or refused."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Chat)
        self.answers: deque[Answer] = deque()
        self.posts: list[Post] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def discord(self) -> str:
        return self.url + DISCORD

    @property
    def slack(self) -> str:
        return self.url + SLACK


class _Chat(Handler):
    server: Chats

    def do_POST(self) -> None:  # noqa: N802 - the library names it
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.posts.append(Post(self.path, sent))
        answer = self.server.answers.popleft() if self.server.answers else self._usual(sent)
        text = isinstance(answer.body, str)
        raw = answer.body.encode() if text else json.dumps(answer.body).encode() if answer.body is not None else b""
        self.send_response(answer.status)
        self.send_header("Content-Type", "text/html" if text else "application/json")
        for name, value in {**answer.headers, "Content-Length": str(len(raw))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    def _usual(self, sent: dict[str, Any]) -> Answer:
        """What the services answer to a good message, and to one that is none."""
        path, _, query = self.path.partition("?")
        if path == DISCORD:
            return Answer(200, {"id": "1", **sent}) if "wait=true" in query else Answer(204)
        if path == SLACK:
            return Answer(200, "ok") if sent.get("text") else Answer(400, "missing_text_or_fallback_or_attachments")
        if path == f"/bot{TOKEN}/sendMessage":
            return Answer(200, {"ok": True, "result": {"message_id": 1, "text": sent["text"]}})
        return Answer(404, {"ok": False, "error_code": 404, "description": "Not Found"})


class Mails(socketserver.ThreadingTCPServer):
    """A mail server; ``refusals`` are said to the next recipients, ``mails`` is what it took."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Mail)
        self.refusals: deque[str] = deque()
        self.mails: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Mail(socketserver.StreamRequestHandler):
    server: Mails

    def handle(self) -> None:
        self._say("220 mail.example.org")
        while line := self.rfile.readline().decode().strip():
            word = line.split(" ")[0].upper()
            if word == "QUIT":
                self._say("221 bye")
                return
            if word == "DATA":
                self._take()
            elif word == "RCPT" and self.server.refusals:
                self._say(self.server.refusals.popleft())
            else:
                self._say("250 ok")

    def _take(self) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline().decode()) not in {".\r\n", ""}:
            lines.append(line)
        self.server.mails.append("".join(lines))
        self._say("250 kept")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())
