"""Decides which picture goes with a track; knows no database.

The order is fixed: a loop held by an operator, the loop mapped to the track's key, the loop mapped to the source's
song id, the station's default. One that is not compiled yet is passed over, so that the next best is shown at once;
when none is left the caller shows the slate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from catalog.models import Loop, Rendition


class Candidate(NamedTuple):
    """A loop that could be shown, and why (a value of ``Cue.Reason``)."""

    reason: str
    loop: Loop


class Resolution(NamedTuple):
    """What to show, and why."""

    loop: Loop | None
    rendition: Rendition | None
    reason: str


def candidates(*ranked: tuple[str, Loop | None]) -> list[Candidate]:
    """Return the loops there are, best first, each once."""
    found: dict[UUID, Candidate] = {}
    for reason, loop in ranked:
        if loop is not None:
            found.setdefault(loop.pk, Candidate(reason, loop))
    return list(found.values())


def best(ranked: Iterable[Candidate], ready: Mapping[UUID, Rendition]) -> tuple[Resolution | None, list[Loop]]:
    """Return the first candidate with a rendition (``ready``: by loop), and the better loops that have none."""
    wanting: list[Loop] = []
    for candidate in ranked:
        rendition = ready.get(candidate.loop.pk)
        if rendition is not None:
            return Resolution(candidate.loop, rendition, candidate.reason), wanting
        wanting.append(candidate.loop)
    return None, wanting
