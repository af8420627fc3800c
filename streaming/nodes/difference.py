"""What has to be said to a running encoder so that it becomes what is wanted. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

Json = dict[str, Any]
PARTS = ("source", "outputs", "transition", "look", "sound", "takeover")
"""What can be changed while on air: each is a command of its name."""


@dataclass(frozen=True)
class Wanted:
    """What a station's encoder should be, in the words of its spec (docs/playout.md); no run, no folders.

    ``picture`` is what a new process begins with if nothing was shown before, ``slate`` what every process can
    show. What is shown later is said by ``show`` and is no difference.
    """

    station: str
    video: Json
    audio: Json
    source: Json
    outputs: tuple[Json, ...]
    picture: Json
    slate: Json
    coding: Json | None = None
    transition: Json = field(default_factory=lambda: {"kind": "cut"})
    look: Json | str = "loop"
    sound: Json = field(default_factory=dict)
    takeover: Json | None = None

    def part(self, name: str) -> Any:
        """Return a part as a spec or command carries it."""
        value = getattr(self, name)
        return list(value) if isinstance(value, tuple) else value


def needs_restart(running: Wanted, wanted: Wanted) -> bool:
    """Size, rate and sound format are fixed for the life of a process."""
    return running.video != wanted.video or running.audio != wanted.audio


def commands(running: Wanted | None, wanted: Wanted) -> list[Json]:
    """Return the commands for what changed; where nothing is known (``None``) all of them: they are idempotent."""
    return [
        {"do": part, part: wanted.part(part), "id": part}
        for part in PARTS
        if running is None or running.part(part) != wanted.part(part)
    ]


def going_on_after(wanted: Wanted, entry: str | None) -> Wanted:
    """Return the same with a playlist that begins after the entry on air before: a restart does not begin anew."""
    entries = wanted.source.get("entries") or []
    place = next((i for i, e in enumerate(entries) if e.get("id") == entry), None)
    if entry is None or place is None or wanted.source.get("shuffle"):
        return wanted
    return replace(wanted, source={**wanted.source, "entries": [*entries[place + 1 :], *entries[: place + 1]]})


def as_told(running: Wanted | None, wanted: Wanted) -> Wanted:
    """Return what runs after :func:`commands` were obeyed: all that is wanted but the format, which cannot change."""
    return wanted if running is None else replace(wanted, video=running.video, audio=running.audio)
