"""Sends a file with support for Range, as media players need it (RFC 9110, section 14).

A player's first question is often ``bytes=0-``; it gets the first 2 MiB and asks on, so that no answer is long
and none is held in memory as a whole.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.http import FileResponse, HttpResponse

if TYPE_CHECKING:
    from pathlib import Path

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

CHUNK = 2 * 1024 * 1024
HEADERS = {"Accept-Ranges": "bytes", "Cache-Control": "private, max-age=300", "X-Content-Type-Options": "nosniff"}
ONE_RANGE = re.compile(r"bytes=(?P<first>\d{0,18})-(?P<last>\d{0,18})\Z", re.ASCII)


def send(request: HttpRequest, path: Path, *, content_type: str) -> HttpResponseBase:
    """Answer with the file, or with the part of it that ``Range`` asks for: 200, 206 or 416.

    Several ranges at once, or what is no range in bytes, get the whole file, as the RFC allows.

    Raises:
        OSError: the file cannot be read.

    """
    size = path.stat().st_size
    wanted = ONE_RANGE.match(request.headers.get("Range", ""))
    if wanted is None or not (wanted["first"] or wanted["last"]):
        return FileResponse(path.open("rb"), content_type=content_type, headers=HEADERS)
    first, last = _bounds(wanted, size)
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}", **HEADERS})
    with path.open("rb") as file:
        file.seek(first)
        part = file.read(last - first + 1)
    headers = {"Content-Range": f"bytes {first}-{last}/{size}", **HEADERS}
    return HttpResponse(part, status=206, content_type=content_type, headers=headers)


def _bounds(wanted: re.Match[str], size: int) -> tuple[int, int]:
    """Return the first and last byte to send; first > last when there is nothing there."""
    if not wanted["first"]:
        first = max(0, size - int(wanted["last"]))
        return first, min(size - 1, first + CHUNK - 1)
    first = int(wanted["first"])
    last = int(wanted["last"]) if wanted["last"] else size - 1
    return first, min(last, size - 1, first + CHUNK - 1)
