"""The order of letters on a line of mixed directions: Unicode Standard Annex 9 for text without explicit controls.

Titles are cleaned of embeddings, overrides and isolates before, so rules X1 to X8 have nothing to do. Rule numbers
are those of https://www.unicode.org/reports/tr9/.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

_T = TypeVar("_T")
STRONG = frozenset({"L", "R", "AL"})
NEUTRAL = frozenset({"B", "S", "WS", "ON"})
OPENING = "([{\u2045\u2329\u3008\u300a\u300c\u300e\u3010\u3014\u3016\u3018\u301a\uff08\uff3b\uff5b\uff5f\uff62"
CLOSING = ")]}\u2046\u232a\u3009\u300b\u300d\u300f\u3011\u3015\u3017\u3019\u301b\uff09\uff3d\uff5d\uff60\uff63"
PAIR = dict(zip(CLOSING, OPENING, strict=True))
DEEPEST = 63


def is_rtl(text: str) -> bool | None:
    """Tell whether a text begins from the right (rules P2, P3); none if it has no letter to tell by."""
    for char in text:
        kind = _kind(char)
        if kind in STRONG:
            return kind != "L"
    return None


def levels(text: str, *, rtl: bool) -> list[int]:
    """Return the embedding level of each character: odd ones are read from the right."""
    base = int(rtl)
    side = "R" if rtl else "L"
    kinds = _weak([_kind(char) for char in text], side)
    _brackets(text, kinds, side)
    _neutral(kinds, side)
    found = [_level(kind, base) for kind in kinds]
    for index in range(len(text) - 1, -1, -1):  # L1
        if _kind(text[index]) not in {"WS", "B", "S"}:
            break
        found[index] = base
    return found


def visual(parts: Sequence[_T], part_levels: Sequence[int]) -> list[_T]:
    """Return the parts of one line in the order in which they stand from left to right (rule L2)."""
    order = list(range(len(parts)))
    for level in range(max(part_levels, default=0), 0, -1):
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and part_levels[order[end]] >= level:
                end += 1
            order[start:end] = reversed(order[start:end])
            start = max(end, start + 1)
    return [parts[index] for index in order]


@lru_cache(maxsize=4096)
def _kind(char: str) -> str:
    return unicodedata.bidirectional(char) or "L"


def _level(kind: str, base: int) -> int:
    """Rules I1 and I2."""
    if base % 2 == 0:
        return base + {"R": 1, "AN": 2, "EN": 2}.get(kind, 0)
    return base + (0 if kind == "R" else 1)


def _weak(kinds: list[str], side: str) -> list[str]:
    """Rules W1 to W7; joiners go with the character before them, as marks do."""
    before, strong = side, side
    for index, kind in enumerate(kinds):
        now = before if kind in {"NSM", "BN"} else kind
        strong = now if now in STRONG else strong
        kinds[index] = before = "AN" if now == "EN" and strong == "AL" else now
    kinds = ["R" if kind == "AL" else kind for kind in kinds]
    for index in range(1, len(kinds) - 1):
        around = {kinds[index - 1], kinds[index + 1]}
        if (kinds[index] in {"ES", "CS"} and around == {"EN"}) or (kinds[index] == "CS" and around == {"AN"}):
            kinds[index] = around.pop()
    _terminators(kinds)
    strong = side
    for index, kind in enumerate(kinds):
        strong = kind if kind in {"L", "R"} else strong
        if kind == "EN" and strong == "L":
            kinds[index] = "L"
        elif kind in {"ET", "ES", "CS"}:
            kinds[index] = "ON"
    return kinds


def _terminators(kinds: list[str]) -> None:
    """Rule W5: signs such as % and $ beside a number belong to it."""
    for order in (range(len(kinds)), range(len(kinds) - 1, -1, -1)):
        before = ""
        for index in order:
            if kinds[index] == "ET" and before == "EN":
                kinds[index] = "EN"
            before = kinds[index]


def _brackets(text: str, kinds: list[str], side: str) -> None:
    """Rule N0: both brackets of a pair point the same way."""
    for opening, closing in _pairs(text, kinds):
        inside = {_strong(kind) for kind in kinds[opening + 1 : closing]} - {""}
        if not inside:
            continue
        way = side
        if side not in inside:
            before = next((s for s in (_strong(k) for k in reversed(kinds[:opening])) if s), side)
            way = before if before in inside else side
        for index in (opening, closing):
            kinds[index] = way
            while index + 1 < len(kinds) and unicodedata.bidirectional(text[index + 1]) == "NSM":
                index += 1  # noqa: PLW2901  # marks on a bracket go with it
                kinds[index] = way


def _pairs(text: str, kinds: list[str]) -> list[tuple[int, int]]:
    """Return the bracket pairs, as rule BD16 finds them, by their first bracket."""
    found: list[tuple[int, int]] = []
    waiting: list[tuple[str, int]] = []
    for index, char in enumerate(text):
        if kinds[index] != "ON":
            continue
        if char in OPENING:
            if len(waiting) == DEEPEST:
                break
            waiting.append((char, index))
        elif char in PAIR and PAIR[char] in {opening for opening, _ in waiting}:
            while waiting:
                opening, start = waiting.pop()
                if opening == PAIR[char]:
                    found.append((start, index))
                    break
    return sorted(found)


def _neutral(kinds: list[str], side: str) -> None:
    """Rules N1 and N2."""
    index = 0
    while index < len(kinds):
        if kinds[index] not in NEUTRAL:
            index += 1
            continue
        start = index
        while index < len(kinds) and kinds[index] in NEUTRAL:
            index += 1
        before = _strong(kinds[start - 1]) if start else side
        after = _strong(kinds[index]) if index < len(kinds) else side
        kinds[start:index] = [before if before == after else side] * (index - start)


def _strong(kind: str) -> str:
    """Return the direction a neutral sees: numbers count as read from the right."""
    return "R" if kind in {"R", "EN", "AN"} else "L" if kind == "L" else ""
