"""Cuts a text into runs that one font draws in one direction."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from catalog.visuals.titles import bidi
from catalog.visuals.titles.cleaning import EMOJI_STYLE, JOINERS, MARKS, TEXT_STYLE
from catalog.visuals.titles.fonts import CJK, Face, Weight, emoji, face_for, script_of

# Shown in colour without being asked to (emoji-data.txt, Emoji_Presentation); above these planes all that the font has.
BY_ITSELF = (
    "⌚⌛⏩⏪⏫⏬⏰⏳◽◾☔☕♈♉♊♋♌♍♎♏♐♑♒♓♿⚓⚡⚪⚫⚽⚾⛄"
    "⛅⛎⛔⛪⛲⛳⛵⛺⛽✅✊✋✨❌❎❓❔❕❗➕➖➗➰➿⬛⬜⭐⭕"
)
# The font gives it the bullet's glyph, whose Japanese form would be another sign.
KATAKANA_DOT = "・"
FIRST_EMOJI = 0x1F000
_SKIN = "\U0001f3fb-\U0001f3ff"
_PICTURE = f"[^\\W\\d_]|[^\\w\\s{_SKIN}]"
_ONE = f"(?:{_PICTURE})(?:{EMOJI_STYLE}|[{_SKIN}])*"
SEQUENCE = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}"
    f"|[0-9#*]{EMOJI_STYLE}?\u20e3"
    "|\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"
    f"|{_ONE}(?:\u200d{_ONE})*",
)


@dataclass(frozen=True)
class Run:
    """A part of a text.

    Attributes:
        start: where it begins in the line's text.
        text: its characters.
        face: the font that has them.
        script: ISO 15924 tag, or "".
        language: BCP 47 tag that chooses letter forms, or "".
        level: bidi level; odd is read from the right.

    """

    start: int
    text: str
    face: Face
    script: str
    language: str
    level: int


def drawable(text: str, weight: Weight) -> str:
    """Return the text without what no font has, which would show as boxes."""
    kept = "".join(part for part, found, _ in _pieces(text, weight) if found is not None)
    return " ".join(kept.split())


def runs(text: str, weight: Weight, *, rtl: bool) -> list[Run]:
    """Return the runs of one line in the order in which they are read.

    Args:
        text: cleaned, and drawable.
        weight: how heavy.
        rtl: the direction of the whole, which may be more than this line.

    """
    language = _language(text)
    found = bidi.levels(text, rtl=rtl)
    made: list[Run] = []
    start = 0
    for part, face, script in _pieces(text, weight):
        level, begins = found[start], start
        start += len(part)
        last = made[-1] if made else None
        if face is None:
            continue
        spoken = language if script in CJK and part != KATAKANA_DOT else ""
        if last and (last.face, last.script, last.language, last.level) == (face, script, spoken, level):
            made[-1] = replace(last, text=last.text + part)
        else:
            made.append(Run(begins, part, face, script, spoken, level))
    return made


def _pieces(text: str, weight: Weight) -> Iterator[tuple[str, Face | None, str]]:
    """Yield each letter with its marks, its font and its script; what belongs to no script goes with its neighbour."""
    scripts = _scripts(text)
    start = 0
    before: Face | None = None
    while start < len(text):
        end, is_emoji = _end(text, start)
        script = scripts[start]
        part = text[start:end]
        if is_emoji:
            yield part, emoji(), "Zsye"
        else:
            now = before if before and _is_shared(part, before) else face_for(part[0], script, weight)
            before = now or before
            yield part, now, script
        start = end


def _is_shared(part: str, face: Face) -> bool:
    """Tell whether this belongs to no script, so that the font of the word before may go on."""
    return not script_of(part[0]) and not part[0].isdigit() and face.has(part[0])


def _end(text: str, start: int) -> tuple[int, bool]:
    """Return where the letter that starts here ends, and whether it is an emoji."""
    match = SEQUENCE.match(text, start)
    if match and _is_emoji(match.group()):
        return match.end(), True
    end = start + 1
    while end < len(text) and (unicodedata.category(text[end]) in MARKS or text[end] in JOINERS):
        end += 1
    return end, False


def _is_emoji(part: str) -> bool:
    first = part[0]
    if part[-1] == TEXT_STYLE or not emoji().has(first):
        return False
    if first.isascii():
        return len(part) > 1 and part[-1] == "\u20e3"
    return ord(first) >= FIRST_EMOJI or first in BY_ITSELF or EMOJI_STYLE in part


def _scripts(text: str) -> list[str]:
    """Return the script of each character; shared ones take that of the letter before, else of the one after."""
    found = [script_of(char) for char in text]
    first = next((script for script in found if script), "Latn")
    before = first
    for index, script in enumerate(found):
        found[index] = before = script or before
    return found


def _language(text: str) -> str:
    """Guess whose letter forms shared hanzi take: by kana, hangul, or which national set has them."""
    scripts = {script_of(char) for char in text}
    if scripts & {"Hira", "Kana"}:
        return "ja"
    if "Hang" in scripts:
        return "ko"
    hanzi = "".join(char for char in text if script_of(char) == "Hani")
    return "zh-Hant" if not _fits(hanzi, "gb2312") and _fits(hanzi, "big5") else "zh-Hans"


def _fits(text: str, coding: str) -> bool:
    try:
        text.encode(coding)
    except UnicodeEncodeError:
        return False
    return True
