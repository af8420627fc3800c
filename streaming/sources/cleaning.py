"""Makes foreign text and JSON fit to keep: what cannot be stored or shown is dropped, the rest stays as it came."""

from __future__ import annotations

import math
import unicodedata
from typing import Any

TEXT_LIMIT = 256
DEPTH_LIMIT = 32
# Explicit direction overrides can make a line read differently from what it says; letters carry their own direction.
OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class TooDeepError(ValueError):
    """JSON nested deeper than ``DEPTH_LIMIT``."""


def clean_text(text: str, limit: int = TEXT_LIMIT) -> str:
    """Drop control characters, lone surrogates and direction overrides; trim; cut to ``limit`` characters.

    Line breaks and tabs become spaces. Markup stays as text: it is escaped where it is shown.
    """
    if not text.isprintable():
        text = "".join(map(_kept, text[: 16 * limit]))
    return text.strip()[:limit].rstrip()


def storable(value: Any, depth: int = 0) -> Any:
    """Return a copy of decoded JSON that PostgreSQL's jsonb takes: no NUL, no lone surrogate, no NaN or infinity.

    Raises:
        TooDeepError: nested deeper than ``DEPTH_LIMIT``.

    """
    if depth > DEPTH_LIMIT:
        raise TooDeepError(f"nested deeper than {DEPTH_LIMIT} levels")
    if isinstance(value, str):
        return value if value.isprintable() else value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {storable(key, depth): storable(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [storable(item, depth + 1) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _kept(character: str) -> str:
    if character in "\t\n\r\x0b\x0c\x85\u2028\u2029":
        return " "
    if character in OVERRIDES or unicodedata.category(character) in {"Cc", "Cs"}:
        return ""
    return character
