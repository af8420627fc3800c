"""Serves the HLS previews that the encoders write: only names that an encoder gives, read off the event loop.

No database is asked: a preview goes on while PostgreSQL, Redis or the workers are away.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.http import require_safe

if TYPE_CHECKING:
    from django.http import HttpRequest
SLUG = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
PLAYLIST = re.compile(r"[A-Za-z0-9_-]{1,80}\.m3u8", re.ASCII)
SEGMENT = re.compile(r"[A-Za-z0-9_-]{1,80}\.(?P<kind>ts|m4s|mp4)", re.ASCII)
PLAYLIST_TYPE = "application/vnd.apple.mpegurl"
SEGMENT_TYPES = {"ts": "video/mp2t", "m4s": "video/iso.segment", "mp4": "video/mp4"}
# A playlist grows with every segment of about two seconds; one that has stood still this long belongs to no one.
STALE_SECONDS = 30
SEGMENT_MAX_AGE_SECONDS = 10
OFF_AIR = "This station is off air: there is no preview to play. Try again when it is on.\n"
GONE = "There is no such piece of the preview; it may be too old. Load index.m3u8 again.\n"


@require_safe
async def playlist(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the station's playlist, never cached; 404 in plain text when it is off air."""
    return await file(request, slug, "index.m3u8")


@require_safe
async def file(request: HttpRequest, slug: str, name: str) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """Send one file of the preview: a playlist, an initialisation segment or a media segment."""
    if not SLUG.fullmatch(slug):
        return _plain(OFF_AIR)
    if PLAYLIST.fullmatch(name):
        text = await asyncio.to_thread(_read_playlist, slug, name)
        return _plain(OFF_AIR) if text is None else _playlist_response(text)
    segment = SEGMENT.fullmatch(name)
    content = await asyncio.to_thread(_read_segment, slug, name) if segment else None
    if segment is None or content is None:
        return _plain(GONE)
    response = HttpResponse(content, content_type=SEGMENT_TYPES[segment["kind"]])
    response.headers["Cache-Control"] = f"public, max-age={SEGMENT_MAX_AGE_SECONDS}"
    return response


def _read_playlist(slug: str, name: str) -> bytes | None:
    """Return the playlist, or None when there is none or nothing writes it any more."""
    path = settings.PLACES.hls / slug / name
    try:
        with path.open("rb") as handle:
            age = time.time() - os.fstat(handle.fileno()).st_mtime
            return handle.read() if age < STALE_SECONDS else None
    except (FileNotFoundError, NotADirectoryError):
        return None


def _read_segment(slug: str, name: str) -> bytes | None:
    """Return the whole segment (two seconds, under a megabyte); the server's own buffer takes it whole anyway."""
    try:
        return bytes((settings.PLACES.hls / slug / name).read_bytes())
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None


def _playlist_response(text: bytes) -> HttpResponse:
    response = HttpResponse(text, content_type=PLAYLIST_TYPE)
    response.headers["Cache-Control"] = "no-cache, no-store"
    return response


def _plain(sentence: str) -> HttpResponse:
    response = HttpResponse(sentence, status=404, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
