"""Checks of what an operator types for a station: pure, one field each."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError

from streaming.stations.errors import StationInvalidError

if TYPE_CHECKING:
    from streaming.stations.models import Station

# What the station's form asks of the playout.
SETTINGS = (
    "transition",
    "transition_ms",
    "look",
    "return_after_s",
    "silence_s",
    "silence_db",
    "normalise",
    "loudness_target",
    "peak_limit",
    "aac_passthrough",
    "pinned_node",
    "needs_labels",
)
# All of it: the delay of the picture has a page of its own.
PLAYOUT = (*SETTINGS, "sync_delay_ms")
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?\Z")
URL_LIMIT = 500
NAME_LIMIT = 120
LONGEST_OVERLAP = timedelta(days=30)
SHORTCODE_LIMIT = 100
NOWPLAYING = re.compile(r"/api/nowplaying(?:_static)?/(?P<shortcode>[^/?#]+?)(?:\.json)?/?\Z")


def slug(value: str) -> str:
    """Return the slug, or raise with ``field="slug"``: it becomes part of URLs and folder names."""
    if not SLUG.match(value):
        raise StationInvalidError(
            f"The slug {value[:80]!r} cannot be used: take 1 to 64 of a-z, 0-9, hyphen and underscore, "
            "beginning and ending with a letter or digit, for example night-fm.",
            field="slug",
        )
    return value


def name(value: str) -> str:
    """Return the name without outer blanks; 1 to 120 characters."""
    text = value.strip()
    if not text or len(text) > NAME_LIMIT:
        raise StationInvalidError(f"The name must have 1 to {NAME_LIMIT} characters.", field="name")
    return text


def overlap(value: timedelta) -> timedelta:
    """Return how long a replaced secret is taken still; nothing to 30 days."""
    if not timedelta() <= value <= LONGEST_OVERLAP:
        raise StationInvalidError("The old secret may go on for 0 hours to 30 days (720 hours).", field="overlap_hours")
    return value


def http_url(value: str, *, field: str) -> str:
    """Return an ``http(s)://`` URL with a host, or ``""``; at most 500 characters."""
    text = value.strip()
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or len(text) > URL_LIMIT or any(c.isspace() or not c.isprintable() for c in text):
        raise StationInvalidError(
            f"{field}: {text[:80]!r} is not a web address. Give one that begins with http:// or https://, "
            f"for example https://radio.example/listen/night/radio.mp3, of at most {URL_LIMIT} characters.",
            field=field,
        )
    return text


def shortcode(value: str) -> str:
    """Return AzuraCast's short name of the station, or ``""``."""
    text = value.strip()
    if len(text) > SHORTCODE_LIMIT or any(c.isspace() or c in "/?#" for c in text):
        raise StationInvalidError(
            f"The short name {text[:80]!r} cannot be used: take it from AzuraCast's station profile, "
            f"at most {SHORTCODE_LIMIT} characters without blanks and slashes.",
            field="shortcode",
        )
    return text


def shortcode_in(metadata_url: str) -> str:
    """Return the short name that a now-playing URL of AzuraCast ends with, or ``""``."""
    found = NOWPLAYING.search(urlsplit(metadata_url).path)
    return found["shortcode"][:SHORTCODE_LIMIT] if found else ""


def playout(station: Station) -> None:
    """Check how pictures change and how the sound is kept, against the bounds of each field.

    Raises:
        StationInvalidError: ``field`` names the first that is out of them.

    """
    others = {field.name for field in station._meta.fields} - set(PLAYOUT)  # noqa: SLF001 - Django's public way to them
    try:
        station.clean_fields(exclude=others)
    except ValidationError as error:
        name, sentences = next(iter(error.message_dict.items()))
        raise StationInvalidError(f"{name.replace('_', ' ').capitalize()}: {sentences[0]}", field=name) from error
