"""What people call a file: kept as text to read, never used as a name of anything."""

from __future__ import annotations

import unicodedata

LONGEST = 255
LOOKED_AT = 4096
"""Characters; of a text without end the rest is never looked at."""
# Direction overrides could make "gpj.exe" read as "exe.jpg".
OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


def display_name(sent: str) -> str:
    """Return the last part of a sent file name as one line of at most 255 characters; "" if nothing is left."""
    last = sent[-LOOKED_AT:].replace("\\", "/").rstrip("/").rpartition("/")[2]
    kept = "".join(c for c in last if c not in OVERRIDES and unicodedata.category(c)[0] != "C")
    return " ".join(kept.split())[:LONGEST].strip()


def clean_text(text: str, longest: int) -> str:
    """Return text from a file's tags as one line without control characters, cut to ``longest`` characters."""
    kept = "".join(" " if c.isspace() else c for c in text[: LOOKED_AT + longest])
    kept = "".join(c for c in kept if unicodedata.category(c) not in {"Cc", "Cs", "Co", "Cn"} and c not in OVERRIDES)
    return " ".join(kept.split())[:longest].strip()


def title_from(name: str) -> str:
    """Return a readable title for a file nobody named: its name without the ending, underscores as spaces."""
    stem, dot, ending = name.rpartition(".")
    return (stem if dot and stem and len(ending) <= 5 else name).replace("_", " ").strip()  # noqa: PLR2004  # ".webm"
