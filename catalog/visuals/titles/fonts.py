"""The shipped fonts: which of them has a character, and how one is opened, once per process."""

from __future__ import annotations

from enum import Enum
from functools import cache, lru_cache
from pathlib import Path

import uharfbuzz as hb

FOLDER = Path(__file__).resolve().parent.parent / "fonts"


class Weight(Enum):
    """How heavy letters are."""

    STRONG = "SemiBold"
    PLAIN = "Medium"


class Face:
    """A font file, opened; lengths it gives are parts of the type size."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._face = hb.Face(hb.Blob.from_file_path(str(FOLDER / name)))
        self.font = hb.Font(self._face)
        self.units = self._face.upem
        self.has_pictures = bool(self._face.has_color_png)

    def has(self, char: str) -> bool:
        """Tell whether the font draws this character."""
        return bool(self.font.get_nominal_glyph(ord(char)))


# Fonts with two weights, then those with one. Each script's own font by its ISO 15924 tag.
TWO_WEIGHTS = {"Arab": "NotoSansArabic", "Hebr": "NotoSansHebrew", "Deva": "NotoSansDevanagari", "Thai": "NotoSansThai"}
ONE_WEIGHT = {
    "Beng": "Bengali",
    "Guru": "Gurmukhi",
    "Gujr": "Gujarati",
    "Taml": "Tamil",
    "Telu": "Telugu",
    "Knda": "Kannada",
    "Mlym": "Malayalam",
    "Sinh": "Sinhala",
    "Laoo": "Lao",
    "Khmr": "Khmer",
    "Mymr": "Myanmar",
    "Geor": "Georgian",
    "Armn": "Armenian",
    "Ethi": "Ethiopic",
}
CJK = frozenset({"Hani", "Hira", "Kana", "Hang", "Bopo"})
CJK_FILES = {Weight.STRONG: "NotoSansCJK-Bold.otf", Weight.PLAIN: "NotoSansCJK-Regular.otf"}
EMOJI = "NotoColorEmoji.ttf"
SIGNS = (
    "NotoSansSymbols-SemiBold.ttf",
    "NotoSansSymbols2-Regular.ttf",
    "NotoMusic-Regular.ttf",
    "NotoSansMath-Regular.ttf",
)
COMMON = frozenset({"Zyyy", "Zinh", "Zzzz", ""})


@cache
def face(name: str) -> Face:
    """Return the opened font of this file name."""
    return Face(name)


@cache
def emoji() -> Face:
    """Return the font of pictures."""
    return face(EMOJI)


@lru_cache(maxsize=8192)
def script_of(char: str) -> str:
    """Return the script's tag, e.g. ``Cyrl``; "" for what belongs to none, such as spaces and digits."""
    buffer = hb.Buffer()
    buffer.add_str(char)
    buffer.guess_segment_properties()
    tag = str(buffer.script or "")
    return "" if tag in COMMON else tag


@lru_cache(maxsize=8192)
def face_for(char: str, script: str, weight: Weight) -> Face | None:
    """Return the first font that has the character, those of its script first; none if no font has it."""
    return next((opened for name in _order(script, weight) if (opened := face(name)).has(char)), None)


@cache
def _order(script: str, weight: Weight) -> tuple[str, ...]:
    latin = (f"Inter-{weight.value}.otf", f"NotoSans-{weight.value}.ttf")
    if script in CJK:
        return (CJK_FILES[weight], *latin)
    own = _own(script, weight)
    return (*([own] if own else []), *latin, CJK_FILES[weight], *SIGNS, EMOJI)


def _own(script: str, weight: Weight) -> str | None:
    if script in TWO_WEIGHTS:
        return f"{TWO_WEIGHTS[script]}-{weight.value}.ttf"
    return f"NotoSans{ONE_WEIGHT[script]}-SemiBold.ttf" if script in ONE_WEIGHT else None
