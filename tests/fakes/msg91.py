"""MSG91's OTP API as far as its contract goes: `POST /otp` with a key, 200 also for what it refuses.

By hand: ``python -m tests.fakes.msg91`` prints the address for ``MSG91_URL`` and what is sent.
"""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from typing import Any

from tests.fakes.serving import Handler

KEY = "secret-authkey-0123456789"
TEMPLATE = "65a1b2c3d4e5f6a7b8c9d0e1"
ROOT = "/api/v5"


@dataclass(frozen=True)
class Message:
    """What it was given to send."""

    mobile: str
    otp: str
    body: dict[str, Any]


class Msg91(ThreadingHTTPServer):
    """The server; ``messages`` is all that it took, ``answers`` are said next instead of the usual: status and body."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Otp)
        self.answers: deque[tuple[int, Any]] = deque()
        self.messages: list[Message] = []
        self.paths: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{ROOT}"


class _Otp(Handler):
    server: Msg91

    def do_POST(self) -> None:  # noqa: N802 - the library names it
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.paths.append(self.path)
        status, told = self.server.answers.popleft() if self.server.answers else self._usual(sent)
        raw = told if isinstance(told, bytes) else json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def _usual(self, sent: dict[str, Any]) -> tuple[int, dict[str, str]]:
        if self.path != f"{ROOT}/otp":
            return 404, {"message": "Not found", "type": "error"}
        if self.headers.get("authkey") != KEY:
            return 401, {"message": "Invalid authkey", "type": "error"}
        mobile = str(sent.get("mobile", ""))
        if not mobile.isdecimal():
            return 200, {"message": "Mobile number empty or not numeric", "type": "error"}
        if sent.get("template_id") != TEMPLATE:
            return 200, {"message": "Template ID Missing or Invalid Template", "type": "error"}
        otp = str(sent.get("otp", ""))
        if not 4 <= len(otp) <= 9 or sent.get("otp_length") != len(otp):
            return 200, {"message": "Invalid OTP length", "type": "error"}
        self.server.messages.append(Message(mobile, otp, sent))
        return 200, {"request_id": "30696d74424c333539323132", "type": "success"}


if __name__ == "__main__":
    server = Msg91()
    print(f"MSG91_URL={server.url} MSG91_AUTH_KEY={KEY} MSG91_TEMPLATE_ID={TEMPLATE}", flush=True)  # noqa: T201 - by hand
    server.serve_forever()
