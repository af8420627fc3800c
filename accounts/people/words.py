"""Texts that people type about themselves, without what is not text: control characters, halves of characters."""

from __future__ import annotations

import unicodedata

# These turn the direction of what follows, so that a name could read as another one.
TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
DROPPED = frozenset({"Cc", "Cs", "Co", "Cn"})


def one_line(text: str) -> str:
    """Return a text as one line with single spaces."""
    return " ".join(_kept(" ".join(text.split())).split())


def lines(text: str) -> str:
    """Return a text with its line breaks, as LF, and without blanks around it."""
    found = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_kept(line.replace("\t", " ")).rstrip() for line in found).strip()


def _kept(text: str) -> str:
    return "".join(c for c in text if c not in TURNS and unicodedata.category(c) not in DROPPED)
