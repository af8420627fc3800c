"""Titles as radios send them: one line of text, in whatever encoding, with whatever is in it.

What Icecast makes of a title (measured, 2.4.4): without a declared charset UTF-8 is encoded twice ("Beyoncé" arrives
as "BeyoncÃ©"); declared as UTF-8 on a Latin-1 mount, what Latin-1 lacks arrives as HTML entities ("&#8211;").
"""

from __future__ import annotations

import html
from datetime import UTC, datetime

from streaming.sources.cleaning import TEXT_LIMIT, clean_text
from streaming.sources.report import TrackReport

BETWEEN = " - "
LINE_LIMIT = 32 * TEXT_LIMIT  # looked at; each half is cut to its own length


def title_report(text: str | bytes, at: datetime | float) -> TrackReport | None:
    """Return what a title in the sound says; None when it says nothing.

    Args:
        text: the title; bytes are taken for UTF-8, else for Latin-1.
        at: when the sound it belongs to went out, aware, or in seconds since 1970.

    """
    artist, title = split_title(text)
    if not (artist or title):
        return None
    began = at if isinstance(at, datetime) else datetime.fromtimestamp(at, UTC)
    return TrackReport(artist=artist, title=title, started_at=began)


def split_title(text: str | bytes) -> tuple[str, str]:
    """Return artist and title of a line, cut at the first " - "; without one the whole line is the title."""
    line = clean_text(mended(text), LINE_LIMIT)
    if not line.strip("- "):
        return "", ""  # "-" and " - ": an encoder with neither half
    artist, found, title = f" {line} ".partition(BETWEEN)
    return (clean_text(artist), clean_text(title)) if found else ("", clean_text(line))


def mended(text: str | bytes) -> str:
    """Return a title with its encoding put right and HTML entities read; markup stays text."""
    if isinstance(text, bytes):
        try:
            return html.unescape(text.decode())
        except UnicodeDecodeError:
            return html.unescape(text.decode("cp1252", "replace"))
    return html.unescape(_decoded_once_more(text))


def _decoded_once_more(text: str) -> str:
    # UTF-8 that was taken for Latin-1 (or for its Windows form) can be read as UTF-8 again; real Latin-1 text cannot.
    if text.isascii():
        return text
    for charset in ("latin-1", "cp1252"):
        try:
            return text.encode(charset).decode()
        except UnicodeError:
            continue
    return text
