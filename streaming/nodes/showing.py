"""What an encoder was asked to show and when, so that it can be asked again: on a new link, in a new process. Pure.

``on`` is what is on air, or should be; ``line`` what comes next, in order. Whatever has no instant goes to the head of
the line: it airs at once, and the encoder forgets for it what was to come, which is therefore said again after it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streaming.nodes.difference import Json, Wanted
    from streaming.nodes.timing import Due, MediaClock

GRACE = 1.0
"""Seconds after its instant for which a show that did not air yet still counts as coming."""

MOVED = 0.05
"""Seconds by which an instant has to move to be worth a word to the encoder."""

SOON = 3.0
"""Seconds: the track on air gets no better picture when the next track is as near as this."""


@dataclass(frozen=True)
class Show:
    """A cue, its picture, and its instant; without one, at once."""

    cue: Json
    picture: Json
    due: Due | None = None

    @property
    def change(self) -> int | None:
        """The track change it shows; None for what an operator shows."""
        return (self.cue.get("track") or {}).get("change")

    def at(self, clock: MediaClock | None) -> float | None:
        """Return the media time at which it airs; None is at once."""
        return self.due.at(clock) if self.due is not None else None

    def waits(self, now: float) -> bool:
        """Tell whether its instant is still to come, or only just came."""
        return self.due is not None and self.due.wall > now - GRACE


@dataclass
class Showing:
    """What was asked for, in order, and the playlist's entry on air last."""

    on: Show | None = None
    line: list[Show] = field(default_factory=list)
    entry: str | None = None
    slate: bool = False  # the picture on air could not be shown; the slate stands in for it

    @property
    def cue(self) -> Json | None:
        """The cue that is on air, or should be."""
        return self.on.cue if self.on is not None else None

    def ask(self, show: Show, now: float) -> list[Show]:
        """Note what is to be shown; return what has to be said to the encoder, in this order.

        A better picture for a track that waits takes its place and instant.
        """
        place = next((i for i, one in enumerate(self.line) if _same(one, show)), None)
        if place is not None:
            before = self.line.pop(place)
            show = replace(show, due=show.due if show.due is not None else before.due)
        if not show.waits(now):
            if place is None and self._is_too_late(show, now):
                return []
            self.line = [show, *(one for one in self.line if one.waits(now))]
            return list(self.line)
        place = sum(1 for one in self.line if not one.waits(now) or _wall(one) <= _wall(show))
        self.line.insert(place, show)
        return self.line[place:]

    def retime(self, dues: dict[int, Due], now: float) -> list[Show]:
        """Give what waits the instants known now, by track change; return what has to be said, in order."""
        moved = [_moved(one, dues.get(one.change or 0)) if one.waits(now) else one for one in self.line]
        first = next((i for i, (one, other) in enumerate(zip(moved, self.line, strict=True)) if one != other), None)
        if first is None:
            return []
        self.line = moved
        return self.line[first:]

    def aired(self, event: Json) -> None:
        """Note an airing: what stood before it in the line is over; a playlist that moved on by itself ends all."""
        cue = event.get("cue") or {}
        entry = (cue.get("track") or {}).get("entry")
        if cue.get("id") is None and entry is not None:
            self.entry, self.on, self.slate = entry, None, False
            return
        place = next((i for i, one in enumerate(self.line) if one.cue.get("id") == cue.get("id")), None)
        if place is not None:
            self.on, self.line, self.slate = self.line[place], self.line[place + 1 :], False

    def refused(self, event: Json) -> Show | None:
        """Note that a command was refused; return what has to be asked for with the slate instead, if anything."""
        asked = str(event.get("to"))
        for one in [*self.line, *([self.on] if self.on else [])]:
            if asked == f"show:{one.cue.get('id')}" and not (one is self.on and self.slate):
                return one
        return None

    def give_slate(self, show: Show, slate: Json) -> Show:
        """Have the slate shown in a picture's place."""
        given = replace(show, picture=slate)
        if show is self.on:
            self.on, self.slate = given, True
        self.line = [given if one is show else one for one in self.line]
        return given

    def missing_from(self, hello: Json, now: float) -> list[Show]:
        """Return what a (new) link has to be told: what should be on and is not, and all that waits."""
        head = [self.on] if self.on is not None and not self.line and not _is_on(self.on, hello) else []
        return [*head, *(one for one in self.line if one.waits(now) or not _is_on(one, hello))]

    def begin(self, now: float) -> None:
        """A process begins: what was due meanwhile is on air with its first frame."""
        due = [one for one in self.line if not one.waits(now)]
        if due:
            self.on, self.slate = due[-1], False
        self.line = [one for one in self.line if one.waits(now)]

    def picture_for(self, wanted: Wanted) -> Json:
        """Return the picture to show, or to begin a process with."""
        if self.slate:
            return wanted.slate
        return self.on.picture if self.on is not None else wanted.picture

    def forget(self) -> None:
        """The station went off air: it begins anew."""
        self.on, self.line, self.entry, self.slate = None, [], None, False

    def _is_too_late(self, show: Show, now: float) -> bool:
        """Tell whether this is only a better picture for a track that is nearly over."""
        same_track = self.on is not None and show.change is not None and self.on.change == show.change
        return same_track and any(one.waits(now) and _wall(one) - now < SOON for one in self.line)


def _same(one: Show, other: Show) -> bool:
    if one.cue.get("id") == other.cue.get("id"):
        return True
    return one.change is not None and one.change == other.change


def _moved(show: Show, due: Due | None) -> Show:
    before = show.due
    if due is None or before is None:
        return show
    same_kind = (due.media is None, due.run) == (before.media is None, before.run)
    return show if same_kind and abs(due.wall - before.wall) < MOVED else replace(show, due=due)


def _wall(show: Show) -> float:
    return show.due.wall if show.due is not None else 0.0


def _is_on(show: Show, hello: Json) -> bool:
    return bool(show.cue.get("id") == (hello.get("cue") or {}).get("id"))
