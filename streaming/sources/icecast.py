"""Icecast: its ``status-json.xsl`` in, our reports out. The page is made by a stylesheet and is not always JSON.

Seen (2.4.4, and icecast-kh where it differs): ``source`` is an object, a list, or absent; a title that looks like a
number or a boolean comes as one (1999, true, 1e5), an empty one as null; titles like ``-``, ``.5`` and ``1.`` and
control characters make the page invalid JSON; in its first moments a server leaves out the brace after "icestats";
times have no colon in their offset; the page can be missing (404).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from streaming.sources.cleaning import clean_text
from streaming.sources.errors import NotJsonError
from streaming.sources.report import TrackReport
from streaming.sources.titles import mended, title_report

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

# The value of a text field that was written without quotes, up to the next key or the end of its object.
BARE = re.compile(
    r'("(?:title|artist|album|yp_currently_playing|display-title|server_name|server_description|genre|subtype)"\s*:)'
    r'(?!\s*["\[{])(.*?)(?=,\s*"[\w-]+"\s*:|\})',
    re.DOTALL,
)


@dataclass(frozen=True)
class Mount:
    """A source on an Icecast: ``path`` of its URL, and what it says is playing, encoding mended."""

    path: str
    artist: str
    title: str

    def report(self, at: datetime) -> TrackReport | None:
        """Return what plays, heard at ``at``; None when the mount does not say."""
        if not self.artist:
            return title_report(self.title, at)
        return TrackReport(artist=clean_text(self.artist), title=clean_text(self.title), started_at=at)


def mounts(page: bytes) -> list[Mount]:
    """Read a status page; no source gives an empty list.

    Raises:
        NotJsonError: it cannot be read even with the known faults repaired, or is something else.

    """
    document = _decoded(_text(page))
    stats = document.get("icestats") if isinstance(document, dict) else None
    if not isinstance(stats, dict):
        raise NotJsonError("This is no status page of an Icecast: it has no icestats. Check the address.")
    found = stats.get("source")
    sources = found if isinstance(found, list) else [found]
    return [_mount(source) for source in sources if isinstance(source, dict)]


def choose(found: Iterable[Mount], path: str) -> Mount | None:
    """Return the mount at ``path``; else the only one there is; else None."""
    found = list(found)
    exact = next((mount for mount in found if mount.path == path), None)
    return exact or (found[0] if len(found) == 1 else None)


def _mount(source: dict[str, Any]) -> Mount:
    title = _said(source.get("title")) or _said(source.get("yp_currently_playing"))
    return Mount(path=urlsplit(_said(source.get("listenurl"))).path, artist=_said(source.get("artist")), title=title)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"  # a title that the stylesheet took for a boolean
    return mended(value) if isinstance(value, str) else ""


def _text(page: bytes) -> str:
    try:
        return page.decode("utf-8-sig")
    except UnicodeDecodeError:
        return page.decode("cp1252", "replace")


def _decoded(text: str) -> Any:
    try:
        return _loads(text)
    except (ValueError, RecursionError):
        pass  # known faults are repaired, then it is read once more
    try:
        return _loads(BARE.sub(_quoted, text.replace('{"icestats":"', '{"icestats":{"', 1)))
    except (ValueError, RecursionError) as error:
        raise NotJsonError(f"The status page is not JSON ({error}).") from error


def _loads(text: str) -> Any:
    # Numbers stay as they are written: a title of 1e5 is "1e5". Control characters are let in and cleaned later.
    return json.loads(text, strict=False, parse_int=str, parse_float=str, parse_constant=str)


def _quoted(match: re.Match[str]) -> str:
    value = match[2].strip()
    return match[0] if value in {"null", "true", "false"} else f"{match[1]}{json.dumps(value)}"
