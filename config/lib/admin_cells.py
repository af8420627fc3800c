"""Small pieces of the console's tables: states, times, sizes, identifiers. Everything that goes in is escaped.

Times are sent in UTC as ``<time>``; ``console.js`` keeps "3 min ago" true and puts the reader's own zone into the hint.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Literal

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

Tone = Literal["ok", "busy", "quiet", "warn", "fail"]

EMPTY = mark_safe('<span class="lw-none">–</span>')
_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")
THOUSAND = 1000
HOUR, DAY = 3600, 86400
TEN = 10


def state(word: str, tone: Tone, *, hint: str = "") -> SafeString:
    """Return a state told by word, shape (a class per tone) and colour together."""
    return format_html(
        '<span class="lw-state lw-{}" title="{}"><span class="lw-shape" aria-hidden="true"></span>{}</span>',
        tone,
        hint,
        word,
    )


def ago(moment: datetime | None) -> SafeString:
    """Return how long ago a moment was, in one unit, with the exact one on hover."""
    if moment is None:
        return EMPTY
    seconds = (timezone.now() - moment).total_seconds()
    words = f"in {span(-seconds, units=1)}" if seconds < 0 else f"{span(seconds, units=1)} ago"
    return _time(moment, "ago", words)


def since(moment: datetime | None) -> SafeString:
    """Return how long something has lasted, e.g. an uptime; without seconds from a minute on."""
    if moment is None:
        return EMPTY
    seconds = (timezone.now() - moment).total_seconds()
    return _time(moment, "since", span(seconds, units=1 if seconds < HOUR else 2))


def span(seconds: float, *, units: int = 2) -> str:
    """Return a length of time in at most so many units: ``12 s``, ``4 min 10 s``, ``3 h 5 min``, ``12 d 4 h``."""
    total = max(0, int(seconds))
    days, rest = divmod(total, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, left = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (left, "s")]
    first = next((i for i, (n, _) in enumerate(parts) if n), 3)
    return " ".join(f"{n} {unit}" for n, unit in parts[first : first + units] if n) or "0 s"


def length(milliseconds: int) -> SafeString:
    """Return a media length as ``m:ss.t`` (``h:mm:ss`` from an hour on)."""
    seconds = milliseconds / 1000
    if seconds >= HOUR:
        whole = int(seconds)
        return figure(f"{whole // HOUR}:{whole % HOUR // 60:02}:{whole % 60:02}")
    return figure(f"{int(seconds // 60)}:{seconds % 60:04.1f}")


def amount(count: int) -> SafeString:
    """Return a number of bytes with a unit."""
    value, unit = float(count), 0
    while value >= THOUSAND and unit < len(_UNITS) - 1:
        value, unit = value / THOUSAND, unit + 1
    return figure(f"{value:.1f} {_UNITS[unit]}" if unit and value < TEN * TEN else f"{value:.0f} {_UNITS[unit]}")


def figure(text: object) -> SafeString:
    """Return a number set so that columns of it line up."""
    return format_html('<span class="lw-figure">{}</span>', text)


def copyable(text: str, *, shown: str = "") -> SafeString:
    """Return an identifier with a button that copies it."""
    if not text:
        return EMPTY
    return format_html(
        '<span class="lw-copy"><code title="{}">{}</code>'
        '<button type="button" data-copy="{}" aria-label="Copy {}">Copy</button></span>',
        text,
        shown or text,
        text,
        text,
    )


def identifier(value: object) -> SafeString:
    """Return an id, shortened, with a button that copies all of it."""
    text = str(value) if value else ""
    return copyable(text, shown=f"{text[:8]}…" if len(text) > TEN else text)


def progress(percent: int) -> SafeString:
    """Return how far a job is."""
    return format_html(
        '<span class="lw-progress"><progress max="100" value="{}">{} %</progress> '
        '<span class="lw-figure">{} %</span></span>',
        percent,
        percent,
        percent,
    )


def link(url: str, text: object) -> SafeString:
    """Return a link."""
    return format_html('<a class="lw-link" href="{}">{}</a>', url, text)


def lines(items: Iterable[object]) -> SafeString:
    """Return a short list, one item a line."""
    listed = format_html_join("", "<li>{}</li>", ((item,) for item in items))
    return format_html('<ul class="lw-lines">{}</ul>', listed) if listed else EMPTY


def live(key: str, content: SafeString) -> SafeString:
    """Return ``content`` in a place that console.js keeps fresh under ``key``."""
    return format_html('<span data-live="{}">{}</span>', key, content)


def log(text: str) -> SafeString:
    """Return lines of a log as they came."""
    return format_html('<pre class="lw-log">{}</pre>', text) if text else EMPTY


def _time(moment: datetime, kind: str, words: str) -> SafeString:
    utc = moment.astimezone(UTC)
    return format_html(
        '<time class="lw-time" datetime="{}" data-{}="" title="{} UTC">{}</time>',
        utc.isoformat(),
        kind,
        f"{utc:%Y-%m-%d %H:%M:%S}",
        words,
    )
