"""Makes a line that can be drawn of whatever a radio says: bounded, without controls, without heaps of marks."""

from __future__ import annotations

import unicodedata

# No name is longer; what comes behind is never looked at, so that no text costs time without end.
LONGEST, LOOKED_AT = 240, 4096
# Marks on one letter: Vietnamese, Hebrew and Tibetan need up to four, toys use hundreds.
MOST_MARKS = 4
JOINERS = "\u200c\u200d"
EMOJI_STYLE, TEXT_STYLE = "\ufe0f", "\ufe0e"
FLAG, TAGS, TAGS_END = "\U0001f3f4", range(0xE0020, 0xE007F), "\U000e007f"
MARKS = frozenset({"Mn", "Mc", "Me"})
# Controls (of direction too), surrogates, private and unassigned characters.
DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
SPACES = frozenset({"Zs", "Zl", "Zp"})


def clean_line(text: str) -> str:
    """Return ``text`` as one line of at most 240 characters that is safe to shape; "" if nothing is left."""
    composed = unicodedata.normalize("NFC", text[:LOOKED_AT])
    kept = " ".join("".join(_kept(composed)).split())
    return _without_loose_ends(kept[:LONGEST])


def _kept(text: str) -> list[str]:
    kept: list[str] = []
    marks = 0
    for index, char in enumerate(text):
        category = unicodedata.category(char)
        if char.isspace() or category in SPACES:
            kept.append(" ")
        elif category in MARKS:
            marks += 1
            if marks <= MOST_MARKS and kept and kept[-1] != " ":
                kept.append(char)
            continue
        elif category not in DROPPED or _joins(text, index) or _tags_a_flag(char, kept):
            kept.append(char)
        marks = 0 if char not in JOINERS else marks
    return kept


def _joins(text: str, index: int) -> bool:
    """Tell whether this is one joiner between two characters that may need it: letters, marks or emoji."""
    return text[index] in JOINERS and all(
        0 <= beside < len(text) and unicodedata.category(text[beside]) in {"Lo", "Mn", "Mc", "So", "Sk"}
        for beside in (index - 1, index + 1)
    )


def _tags_a_flag(char: str, kept: list[str]) -> bool:
    """Tell whether this belongs to a flag that is spelled out, as those of England, Scotland and Wales are."""
    if ord(char) not in TAGS and char != TAGS_END:
        return False
    base = next((c for c in reversed(kept[-8:]) if ord(c) not in TAGS), "")
    return base == FLAG


def _without_loose_ends(text: str) -> str:
    """Take off what a cut may have left: joiners that join nothing."""
    return text.rstrip(JOINERS).strip()
