"""Changes of picture that wait for their frame, in order. Starts no threads and opens no files."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from streaming.playout.errors import PictureError
from streaming.playout.units import FrameIndex

if TYPE_CHECKING:
    from streaming.playout.picture import CodedFrame
    from streaming.playout.spec import Cue, PictureSpec

SAME_INSTANT = 3
"""Frames: a cue whose instant moves by no more than this keeps the seam it has."""


class Picture(Protocol):
    """An endless run of coded frames; the first begins with an IDR. Nothing in it ever blocks the caller."""

    spec: PictureSpec
    config: bytes
    error: PictureError | None

    @property
    def ready(self) -> bool:
        """Whether :meth:`take` would give a frame."""

    def take(self) -> CodedFrame | None:
        """Return the next frame in decode order, or None while there is none."""

    def close(self) -> None:
        """Let go of everything; may be called twice."""


class SeamState(Enum):
    """How far the transition into a picture is."""

    UNPLANNED = "unplanned"
    NONE = "none"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"


@dataclass(eq=False)
class Change:
    """A picture asked for (None: keep the one on air), what for, since when (monotonic seconds), and by whom.

    ``due`` is the first frame it may begin at; None: as soon as it is ready. ``feed`` begins with the picture
    itself, ``seamed`` with the transition into it, which was made for leaving the picture ``leaving`` (a pass of it has
    ``leaving_frames``) at display position ``leave_at``. ``opened`` is set when loading is over, however it went.
    """

    picture: PictureSpec | None
    cue: Cue
    asked_at: float
    origin: str
    due: FrameIndex | None = None
    feed: Picture | None = None
    loading: bool = False
    state: SeamState = SeamState.UNPLANNED
    seamed: Picture | None = None
    leaving: Picture | None = None
    leaving_frames: int = 1
    leave_at: int = 0
    opened: threading.Event = field(default_factory=threading.Event)
    done: bool = False

    def close(self) -> None:
        """Close what was opened for it; whatever is opened later is closed by who opens it."""
        self.done = True
        for feed in (self.feed, self.seamed):
            if feed is not None:
                feed.close()

    def takes_over_from(self, earlier: Change) -> None:
        """Go on with what was opened for the same cue; its seam too if the instant is (nearly) the same."""
        earlier.done = True
        if earlier.picture != self.picture:
            earlier.done = False
            earlier.close()
            return
        self.feed = earlier.feed
        same = None not in (earlier.due, self.due) and abs((earlier.due or 0) - (self.due or 0)) <= SAME_INSTANT
        if same and earlier.state is SeamState.READY:
            self.due, self.state, self.seamed = earlier.due, earlier.state, earlier.seamed
            self.leaving, self.leaving_frames, self.leave_at = earlier.leaving, earlier.leaving_frames, earlier.leave_at
        elif earlier.seamed is not None:
            earlier.seamed.close()


@dataclass
class Pending:
    """Changes by their instant; a later word about the same or a later instant replaces earlier ones."""

    _changes: list[Change] = field(default_factory=list)

    def __iter__(self) -> Iterator[Change]:
        """Go over what waits, earliest first."""
        return iter(list(self._changes))

    @property
    def first(self) -> Change | None:
        """What comes next."""
        return self._changes[0] if self._changes else None

    def add(self, change: Change) -> list[Change]:
        """Let a change wait; returns those it replaces, which the caller closes.

        The same cue again replaces itself wherever it stands. Otherwise a picture replaces every picture that was
        to come at its instant or later; a change that keeps the picture replaces nothing.
        """
        replaced: list[Change] = []
        for earlier in list(self._changes):
            if earlier.cue.id is not None and earlier.cue.id == change.cue.id:
                self._changes.remove(earlier)
                change.takes_over_from(earlier)
            elif change.picture is not None and earlier.picture is not None and not _before(earlier, change):
                self._changes.remove(earlier)
                replaced.append(earlier)
        place = sum(1 for earlier in self._changes if not _before(change, earlier))
        self._changes.insert(place, change)
        return replaced

    def remove(self, change: Change) -> bool:
        """Take a change out; False if it is not in (any more)."""
        if change not in self._changes:
            return False
        self._changes.remove(change)
        return True

    def due(self, frame: int) -> Change | None:
        """Return the first change if its frame has come."""
        first = self.first
        return first if first is not None and (first.due is None or first.due <= frame) else None

    def overtaken(self, change: Change, frame: int) -> bool:
        """Whether a later picture is due as well, so that this one has had its time."""
        return any(
            later is not change and later.picture is not None and later.due is not None and later.due <= frame
            for later in self._changes
        )


def _before(one: Change, other: Change) -> bool:
    return (one.due if one.due is not None else -1) < (other.due if other.due is not None else -1)
