"""Pictures, what they are shown for, and how one gives way to the next."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from streaming.playout.errors import SpecError
from streaming.playout.spec.fields import an_object, one_of, path, text, whole


@dataclass(frozen=True)
class PictureSpec:
    """A rendition: its id and absolute path."""

    id: str
    path: Path


@dataclass(frozen=True)
class Cue:
    """What an airing is for; ``track`` is opaque and given back as it came."""

    id: str | None
    track: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the cue as events carry it."""
        return {"id": self.id, "track": self.track}


@dataclass(frozen=True)
class TransitionSpec:
    """How one picture gives way to the next; ``milliseconds`` is how long both are seen."""

    kind: str
    milliseconds: int


CUT = TransitionSpec("cut", 0)
TRANSITIONS = ("crossfade", "fade", "wipe", "cut")
LOOKS = ("loop", "spectrum", "waveform")
PLACES = ("bottom", "top")
AMBER = "#f2a33a"
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class LookSpec:
    """What is on the picture besides the loop: its kind, its colour (``#rrggbb``), and at which edge it stands."""

    kind: str
    accent: str = AMBER
    place: str = "bottom"


LOOP = LookSpec("loop")


@dataclass(frozen=True)
class CodingSpec:
    """How pictures are coded that the run codes itself: the profile of the renditions."""

    kbps: int
    buffer_ms: int
    gop_frames: int
    level: str
    strict_cbr: bool


def parse_picture(data: object, where: str) -> PictureSpec:
    """Check ``{"id", "path"}``."""
    given = an_object(data, where)
    return PictureSpec(id=text(given, "id", f"{where}."), path=path(given, "path", f"{where}."))


def parse_cue(data: object, where: str) -> Cue:
    """Check ``{"id", "track"}``."""
    given = an_object(data, where)
    return Cue(id=text(given, "id", f"{where}."), track=an_object(given.get("track", {}), f"{where}.track"))


def optional_picture(given: dict[str, Any], name: str, prefix: str) -> PictureSpec | None:
    """Check a picture that may be missing."""
    return None if given.get(name) is None else parse_picture(given[name], f"{prefix}{name}")


def parse_transition(data: object, where: str) -> TransitionSpec:
    """Check ``{"kind", "ms"}``; a cut takes no time."""
    given = an_object(data, where)
    kind = one_of(given, "kind", f"{where}.", TRANSITIONS)
    return CUT if kind == "cut" else TransitionSpec(kind, whole(given, "ms", f"{where}.", 100, 2000))


def parse_look(data: object, where: str) -> LookSpec:
    """Check what is on the picture besides the loop: a word, or ``{"kind", "accent", "place"}``."""
    if not isinstance(data, dict):
        return LookSpec(one_of({where: data}, where, "", LOOKS))
    given = {"accent": AMBER, "place": PLACES[0], **data}
    kind = one_of(given, "kind", f"{where}.", LOOKS)
    accent = text(given, "accent", f"{where}.")
    if not COLOUR.fullmatch(accent):
        raise SpecError(f"{where}.accent", f"must be # and six hexadecimal digits, not {accent!r}.")
    return LOOP if kind == LOOP.kind else LookSpec(kind, accent, one_of(given, "place", f"{where}.", PLACES))


def parse_coding(data: object, where: str) -> CodingSpec:
    """Check the profile's coding."""
    given = an_object(data, where)
    return CodingSpec(
        kbps=whole(given, "kbps", f"{where}.", 100, 100_000),
        buffer_ms=whole(given, "buffer_ms", f"{where}.", 200, 10_000),
        gop_frames=whole(given, "gop_frames", f"{where}.", 1, 600),
        level=text(given, "level", f"{where}."),
        strict_cbr=bool(given.get("strict_cbr", False)),
    )
