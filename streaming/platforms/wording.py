"""Titles and descriptions from templates: filled, cleaned and cut to what the platform takes. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from streaming.platforms.errors import PlanInvalidError

if TYPE_CHECKING:
    from datetime import datetime

WORDS = ("station", "artist", "title", "date")
YOUTUBE_TITLE, YOUTUBE_DESCRIPTION, TWITCH_TITLE = 100, 5000, 140
FIELD = re.compile(r"\{([^{}]*)\}")
ELLIPSIS = "…"
# What stands between words that are empty goes with them.
LOOSE = re.compile(r"^[\s\-–—:·|,]+|[\s\-–—:·|,]+$")


@dataclass(frozen=True)
class Words:
    """What a template may hold; ``now`` is aware."""

    station: str
    artist: str
    title: str
    now: datetime


def check_template(template: str, *, field: str) -> None:
    """Refuse a template with a word that is not known, or with < or >, which YouTube does not take.

    Raises:
        PlanInvalidError: ``field`` names it.

    """
    for word in FIELD.findall(template):
        if word not in WORDS:
            known = ", ".join(f"{{{known}}}" for known in WORDS)
            raise PlanInvalidError(f"{{{word}}} is not known. A template may hold {known}.", field=field)
    if "<" in template or ">" in template:
        raise PlanInvalidError("YouTube takes no < and >: leave them out.", field=field)


def one_line(template: str, words: Words, *, most: int) -> str:
    """Return a title of at most ``most`` characters; where nothing is left of it, the station's name."""
    filled = " ".join(_clean(_filled(template, words)).split())
    return _cut(LOOSE.sub("", filled) or _clean(words.station), most)


def description(template: str, words: Words) -> str:
    """Return a description of at most 5,000 bytes; lines stay as they are."""
    lines = [_clean(line).rstrip() for line in _filled(template, words).splitlines()]
    return _cut_bytes("\n".join(lines).strip(), YOUTUBE_DESCRIPTION)


def _filled(template: str, words: Words) -> str:
    values = {
        "station": words.station,
        "artist": words.artist,
        "title": words.title,
        "date": f"{words.now:%Y-%m-%d}",
    }
    return FIELD.sub(lambda found: values.get(found.group(1), ""), template)


def _clean(text: str) -> str:
    """Leave out what YouTube refuses (< and >) and what is no character for reading."""
    kept = (c for c in text if c not in "<>" and (c == "\t" or unicodedata.category(c) not in {"Cc", "Cs", "Co", "Cn"}))
    return "".join(kept)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + ELLIPSIS


def _cut_bytes(text: str, most: int) -> str:
    """Cut to so many bytes of UTF-8: YouTube counts a description in bytes."""
    if len(text.encode()) <= most:
        return text
    return text.encode()[: most - len(ELLIPSIS.encode())].decode(errors="ignore").rstrip() + ELLIPSIS
