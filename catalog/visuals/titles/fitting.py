"""Fits a text into a width: as it is, else smaller, else on two lines, else ended by an ellipsis at a word's end."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from catalog.visuals.titles import bidi
from catalog.visuals.titles.fonts import Weight, script_of
from catalog.visuals.titles.runs import drawable
from catalog.visuals.titles.shaping import Line, shape

ELLIPSIS = "…"
# A word is kept whole before the ellipsis if that costs no more than this part of the line.
FOR_A_WORD = 0.4
# The first of two lines is left at a word's end if it is this full at least.
FULL_ENOUGH = 0.5
# Written without spaces; Korean has them.
UNSPACED = frozenset({"Hani", "Hira", "Kana", "Bopo"})
BREAK_AFTER = frozenset("-‐–—/·|")
# Not at the beginning and not at the end of a line (JIS X 4051, the common ones).
NEVER_FIRST = frozenset("、。，．・：；？！）］｝」』】〉》〕ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ…),.!?:;]}")
NEVER_LAST = frozenset("（［｛「『【〈《〔([{")
BESIDE_ELLIPSIS = frozenset(" ,;:.-–—/&+|·([{、。，（「『【")
SIZE_STEP = 0.5


@dataclass(frozen=True)
class Fitted:
    """A text that fits.

    Attributes:
        lines: one or more, shaped; none for an empty text.
        size: of the type, in pixels.
        rtl: whether it is read from the right; none if it has no letter to tell by.
        is_cut: whether it ends with an ellipsis.

    """

    lines: tuple[Line, ...]
    size: float
    rtl: bool | None
    is_cut: bool = False

    @property
    def width(self) -> float:
        """Pixels of the widest line."""
        return max((line.width for line in self.lines), default=0) * self.size


@dataclass(frozen=True)
class Sizes:
    """The type sizes a text may take, in pixels: on one line, the least of all, and the most on several lines."""

    most: float
    least: float
    wrapped: float


def fit(text: str, weight: Weight, *, width: float, sizes: Sizes, lines: int = 1) -> Fitted:
    """Fit a cleaned text into ``width`` pixels and at most ``lines`` lines (1 or 2).

    1. on one line, as large as it goes down to ``sizes.least``, or to ``sizes.wrapped`` where two lines are allowed;
    2. on two lines of about equal width;
    3. at the least size, cut after a word, with an ellipsis.
    """
    text = drawable(text, weight)
    if not text or width <= 0:
        return Fitted((), sizes.least, None)
    rtl = bidi.is_rtl(text)
    whole = shape(text, weight, rtl=bool(rtl))
    size = _stepped(min(sizes.most, width / whole.width)) if whole.width else sizes.most
    if size >= (sizes.least if lines == 1 else sizes.wrapped):
        return Fitted((whole,), size, rtl)
    if lines > 1:
        for smaller in _down(sizes.wrapped, sizes.least):
            halves = _halves(whole, weight, width / smaller, rtl=bool(rtl))
            if halves:
                return Fitted(halves, smaller, rtl)
    if size >= sizes.least:
        return Fitted((whole,), size, rtl)
    return _cut(whole, weight, width, sizes.least, lines, rtl=rtl)


def _down(first: float, last: float) -> Iterator[float]:
    """Yield sizes from the first to the last in four steps."""
    for step in range(5):
        yield _stepped(first + (last - first) * step / 4)


def _stepped(size: float) -> float:
    return int(size / SIZE_STEP) * SIZE_STEP


def _halves(whole: Line, weight: Weight, most: float, *, rtl: bool) -> tuple[Line, ...] | None:
    """Return the text on two lines of about equal width; none if one of them would be wider than ``most``."""
    if whole.width > 2 * most:
        return None
    before = _widths_before(whole)
    places = sorted((max(before[at], whole.width - before[at]), at) for at in _breaks(whole) if before[at] <= most)
    for _, at in places[:3]:
        made = tuple(shape(part.strip(), weight, rtl=rtl) for part in (whole.text[:at], whole.text[at:]))
        if all(line.width <= most for line in made):
            return made
    return None


def _cut(whole: Line, weight: Weight, width: float, size: float, lines: int, *, rtl: bool | None) -> Fitted:
    most, rest, made = width / size, whole, []
    if lines > 1:
        at = _first_line_end(whole, most)
        made.append(shape(whole.text[:at].strip(), weight, rtl=bool(rtl)))
        rest = shape(whole.text[at:].strip(), weight, rtl=bool(rtl))
    last = _ended(rest, weight, most, rtl=bool(rtl))
    return Fitted((*made, last), size, rtl, is_cut=last is not rest)


def _first_line_end(whole: Line, most: float) -> int:
    """Return where the first line ends: after a word, or within one where that would leave the line half empty."""
    before = _widths_before(whole)
    word_ends = [at for at in _breaks(whole) if FULL_ENOUGH * most <= before[at] <= most]
    if word_ends:
        return max(word_ends)
    inside = [at for at, wide in before.items() if 0 < wide <= most]
    return max(inside, default=next(iter(before)))


def _ended(line: Line, weight: Weight, most: float, *, rtl: bool) -> Line:
    """Return a line that is cut to ``most`` and ends with an ellipsis; the line itself if it fits."""
    if line.width <= most:
        return line
    room = most - shape(ELLIPSIS, weight, rtl=rtl).width
    before = _widths_before(line)
    fitting = [at for at, wide in before.items() if wide <= room]
    words = [at for at in _breaks(line) if (1 - FOR_A_WORD) * room <= before[at] <= room]
    at = max(words, default=max(fitting, default=0))
    while True:
        kept = line.text[:at].rstrip("".join(BESIDE_ELLIPSIS))
        made = shape(kept + ELLIPSIS, weight, rtl=rtl)
        if made.width <= most or not kept:
            return made
        at = max((other for other in before if other < at), default=0)


def _widths_before(line: Line) -> dict[int, float]:
    """Return for each letter's place how wide the text before it is."""
    pen, before = 0.0, {}
    for at, wide in line.steps:
        before[at] = pen
        pen += wide
    return before


def _breaks(line: Line) -> list[int]:
    """Return the places where a new line may begin."""
    places = [at for at, _ in line.steps]
    return [at for at in places if at > 0 and _may_break(line.text[at - 1], line.text[at])]


def _may_break(before: str, after: str) -> bool:
    if after in NEVER_FIRST or before in NEVER_LAST or after == " ":
        return False
    if before == " " or before in BREAK_AFTER:
        return True
    return (script_of(before) in UNSPACED or script_of(after) in UNSPACED) and not unicodedata.combining(after)
