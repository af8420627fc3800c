"""A presenter's pictures on their way to the screen, put on and taken off in step with the sound.

Frames and samples are counted from one origin, the presenter's first keyframe. Where a sample goes out, the mixer
tells; so the frame of the output at which a picture of the presenter's is due is known.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from streaming.playout.errors import PictureError
from streaming.playout.picture import CodedFrame
from streaming.playout.spec import PictureSpec

LATE = 2.5
"""Frames by which a keyframe may come on behind its sound; a later one waits for the next keyframe."""

NOWHERE = Path("/")
MOST_WAITING = 600
"""Frames kept at most; who has more waiting is not on air."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A coded frame; ``place`` counts in display order from the origin."""

    data: bytes
    place: int
    key: bool


class Store:
    """Frames as they come from the reader, given out in groups that are complete in display order."""

    def __init__(self) -> None:
        """Start empty."""
        self._frames: deque[Stored] = deque(maxlen=MOST_WAITING)
        self._group: list[Stored] = []
        self._until = 0

    def __len__(self) -> int:
        """Frames that may be taken."""
        return len(self._frames)

    @property
    def head(self) -> Stored | None:
        """The frame that comes next."""
        return self._frames[0] if self._frames else None

    def add(self, data: bytes, place: int, *, key: bool) -> None:
        """Take a frame in decode order, from the reader's thread."""
        self._group.append(Stored(data, place, key))
        if max(frame.place for frame in self._group) + 1 - self._until != len(self._group):
            return
        self._until += len(self._group)
        self._frames.extend(self._group)
        self._group = []

    def take(self) -> Stored | None:
        """Return the next frame, None while there is none."""
        try:
            return self._frames.popleft()
        except IndexError:
            return None


class GuestPicture:
    """The presenter's pictures for as long as their sound is heard without a break. Belongs to the clock's thread."""

    def __init__(self, store: Store, config: bytes, rates: tuple[int, int], moved: Callable[[bool], None]) -> None:
        """``rates`` are frames and samples per second; ``moved`` is told when it goes on (True) and off (False)."""
        self.spec = PictureSpec("", NOWHERE)
        self.config = config
        self.error: PictureError | None = None
        self.offset: int | None = None
        self._store = store
        self._frame_rate, self._sample_rate = rates
        self._moved = moved
        self._base: int | None = None
        self._leave_at: int | None = None
        self.closed = False

    @property
    def ready(self) -> bool:
        """Whether :meth:`take` would give a frame."""
        return len(self._store) > 0

    @property
    def dry(self) -> bool:
        """Whether nothing is left to show."""
        return len(self._store) == 0

    def may_begin(self, frame: int, stride: int) -> bool:
        """Whether a keyframe waits for which this frame of the output is the best; those too late are passed over.

        The picture on the screen may be left at every ``stride``-th frame only, and keyframes come in step with that
        as long as both are on: one that were put on at its very frame alone might never be.
        """
        if self.offset is None or self.is_over(frame):
            return False
        while (head := self._store.head) is not None:
            due = self._due(head.place)
            if head.key and due >= frame - LATE:
                return due <= frame + stride / 2
            self._store.take()
        return False

    def is_over(self, frame: int) -> bool:
        """Whether the picture has to be left at this frame of the output, or soon after."""
        return self._leave_at is not None and frame >= self._leave_at

    def leave(self, sample: int) -> None:
        """Leave the screen when this sample of the output goes out."""
        self._leave_at = round(sample * self._frame_rate / self._sample_rate)

    def came_on(self) -> None:
        """Note that it is on the screen now."""
        self._moved(True)

    def take(self) -> CodedFrame | None:
        """Return the next frame in decode order, or None while there is none."""
        stored = self._store.take()
        if stored is None:
            return None
        first = self._base is None
        if self._base is None:
            self._base = stored.place
        return CodedFrame(stored.data, stored.place - self._base, stored.key, first)

    def close(self) -> None:
        """Note that it is off the screen, or never came on."""
        if not self.closed:
            self.closed = True
            self._moved(False)

    def _due(self, place: int) -> float:
        """Return the frame of the output at which the picture at ``place`` belongs."""
        return place + (self.offset or 0) * self._frame_rate / self._sample_rate
