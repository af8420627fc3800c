"""How large a request's body may be, looked at before it is taken in.

daphne receives a whole body, into a file when it is long, before anything of ours hears of the request. So anybody
could fill the disk. Here the length that is declared is looked at when the headers are complete, and what is not
declared (chunked) is counted as it comes.
"""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

from daphne.http_protocol import HTTPFactory, WebRequest
from django.conf import settings

OVERHEAD = 1024 * 1024
"""What a form says around the file."""

PICTURE = 10 * 1024 * 1024
FILES = ("/admin/", "/api/v1/")
"""Where people who are signed in send loops and tracks; each view holds them to its own limit."""


def most_bytes(path: str, *, with_credentials: bool) -> int:
    """Return the most bytes a body may have: a lot only where files go to, and only with a cookie, key or token."""
    if with_credentials and path.startswith(FILES):
        return settings.LOOP_MAX_BYTES + OVERHEAD
    if with_credentials and path.startswith("/account/"):
        return PICTURE + OVERHEAD
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE + OVERHEAD


class CappedRequest(WebRequest):  # type: ignore[misc]  # daphne has no types
    """A request that is cut off when its body is too large: 413, and the connection ends."""

    content: Any
    _most = 0
    _taken = 0
    _refused = False

    def gotLength(self, length: int | None) -> None:  # noqa: N802 - twisted names it
        """Look at the declared length, or take the limit down for what comes without one."""
        headers = self.requestHeaders
        with_credentials = headers.hasHeader(b"cookie") or headers.hasHeader(b"authorization")
        path = bytes(self.channel._path).decode("latin-1")  # noqa: SLF001 - it is not told elsewhere so early
        self._most = most_bytes(path, with_credentials=with_credentials)
        if length is not None and length > self._most:
            self._refuse()
            return
        super().gotLength(length)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802 - the same
        """Count what comes."""
        self._taken += len(data)
        if self._refused or self._taken > self._most:
            self._refuse()
            return
        super().handleContentChunk(data)

    def process(self) -> Any:
        """Leave a refused request alone."""
        return None if self._refused else super().process()

    def _refuse(self) -> None:
        if self._refused:
            return
        self._refused = True
        if self.content is not None:
            self.content.close()
        self.content = BytesIO()
        detail = f"The body may hold {self._most // 1024} KiB here."
        body = json.dumps({"title": "Too large", "status": 413, "detail": detail}).encode()
        self.channel.transport.write(
            b"HTTP/1.1 413 Content Too Large\r\nContent-Type: application/problem+json\r\nConnection: close\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
        )
        self.channel.loseConnection()


class CappedFactory(HTTPFactory):  # type: ignore[misc]  # the same
    """Makes such requests."""

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802 - twisted names it
        """Take daphne's protocol with our request."""
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = CappedRequest
        return protocol
