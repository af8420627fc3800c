"""Decides which picture goes with a track; knows no database.

The order is fixed: a loop held by an operator, the loop mapped to the track's key, the loop mapped to the source's
song id, the station's default, the slate. One whose licence does not hold now is not among them. One that is not
compiled yet is passed over, so that the next best is shown at once. Of one loop the rendition with the track's title
comes before the plain one; a better loop without the title comes before a lesser one with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from catalog.models import Loop, Rendition, TitleCard


class Candidate(NamedTuple):
    """A loop that could be shown, and why (a value of ``Cue.Reason``)."""

    reason: str
    loop: Loop


class Resolution(NamedTuple):
    """What to show, and why; ``card`` is the title that is wanted on it, whether or not it is ready."""

    loop: Loop | None
    rendition: Rendition | None
    reason: str
    card: TitleCard | None = None


def candidates(*ranked: tuple[str, Loop | None]) -> list[Candidate]:
    """Return the loops there are, best first, each once."""
    found: dict[UUID, Candidate] = {}
    for reason, loop in ranked:
        if loop is not None:
            found.setdefault(loop.pk, Candidate(reason, loop))
    return list(found.values())


def best(ranked: Iterable[Candidate], *ready: Mapping[UUID, Rendition]) -> Resolution | None:
    """Return the first candidate with a rendition (``ready``: by loop, the best kind first); none if none has one."""
    for candidate in ranked:
        for renditions in ready:
            if candidate.loop.pk in renditions:
                return Resolution(candidate.loop, renditions[candidate.loop.pk], candidate.reason)
    return None
