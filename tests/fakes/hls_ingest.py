"""A platform that takes HLS by PUT, as YouTube does: ``/http_upload_hls?cid=KEY&copy=0&file=NAME``, or by path."""

from __future__ import annotations

import http.server
import ssl
import threading
import time
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlsplit


class HlsIngest:
    """Keeps what it is given in ``folder``; ``status`` is what it answers, ``key`` what it asks for as ``cid``."""

    def __init__(self, folder: Path, tls: ssl.SSLContext | None = None, key: str = "") -> None:
        """Listen on a free port of 127.0.0.1."""
        self.folder = folder
        self.status = 200
        self.hangs_up_after = 0
        """Requests after which a connection is closed; 0: never."""
        self.puts: list[tuple[float, str, int]] = []
        self.connections = 0
        self._news = threading.Condition()
        ingest = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                ingest.connections += 1
                self.count = 0

            def do_PUT(self) -> None:
                data = self.rfile.read(int(self.headers["Content-Length"]))
                query = parse_qs(urlsplit(self.path).query)
                name = query.get("file", [urlsplit(self.path).path.rpartition("/")[2]])[0]
                status = ingest.status if not key or query.get("cid") == [key] else 403
                if status == 200:
                    ingest.take(name, data)
                self.send_response(status, f"so it is with {self.path}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                self.count += 1
                self.close_connection = self.count == ingest.hangs_up_after

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's word
                """Say nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_address[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def take(self, name: str, data: bytes) -> None:
        """Keep a file."""
        (self.folder / name).write_bytes(data)
        with self._news:
            self.puts.append((time.time(), name, len(data)))
            self._news.notify_all()

    def wait_for_segments(self, count: int, within: float = 30) -> list[str]:
        """Return the names of the segments, in order, once there are so many and a playlist after them."""

        def there() -> bool:
            return len(self.segments) >= count and self.puts[-1][1].endswith(".m3u8")

        with self._news:
            assert self._news.wait_for(there, within), f"only {self.puts}"
        return self.segments

    @property
    def segments(self) -> list[str]:
        """Names of the segments, in order."""
        return [name for _, name, _ in list(self.puts) if name.endswith(".ts")]
