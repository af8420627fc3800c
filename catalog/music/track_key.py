"""The name under which a track is known, however a source spells it."""

from __future__ import annotations

import unicodedata

KEY_LIMIT = 512
PART_LIMIT = 4096  # longer texts are cut before they are looked at; a key never needs more
PASSES = 8  # folding settles after two or three; this only bounds it


def track_key(artist: str, title: str) -> str:
    """Return ``"artist - title"`` in the one spelling that mappings are kept under.

    Lower case, one space for many, only letters, digits, spaces and hyphens of any script (with the marks a script
    needs, e.g. Devanagari's vowel signs), trimmed, at most 512 characters. Compatibility forms and typographic
    dashes are folded, so full-width and decomposed spellings meet. A missing part leaves the other one alone, so a
    title without an artist that reads "A - B" has the key of artist A, title B. Nothing usable gives "".
    """
    parts = [folded for folded in (_fold(artist), _fold(title)) if folded]
    return " - ".join(parts)[:KEY_LIMIT].strip()


def _fold(text: str) -> str:
    text = text[:PART_LIMIT]
    for _ in range(PASSES):
        # Dropping a character can bring two together that compose, and composing can make one to drop.
        folded = _keep(unicodedata.normalize("NFKC", text).lower())
        if folded == text:
            break
        text = folded
    return text


def _keep(text: str) -> str:
    kept: list[str] = []
    markable = False  # whether a combining mark may follow
    for character in text:
        category = unicodedata.category(character)
        if category[0] in "LN" or (markable and _is_mark(character, category)):
            kept.append(character)
            markable = True
            continue
        if category == "Pd":
            kept.append("-")
        elif character.isspace():
            kept.append(" ")
        markable = False
    return " ".join("".join(kept).split())


def _is_mark(character: str, category: str) -> bool:
    variation_selector = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return category in {"Mn", "Mc"} and not variation_selector
