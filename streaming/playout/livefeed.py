"""The picture on air while it is coded live: a feed like any other, with a way back to the plain rendition."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from streaming.playout import livewire
from streaming.playout.changes import Change
from streaming.playout.errors import PictureError
from streaming.playout.livewire import Kind
from streaming.playout.picture import CodedFrame, Feed
from streaming.playout.spec import PictureSpec, TransitionSpec
from streaming.playout.units import FrameIndex

LOW_SECONDS = 0.27
"""Seconds of coded pictures in hand below which the process counts as too slow: enough to leave without a gap."""


@dataclass(frozen=True)
class Shown:
    """A change that the process has drawn: from which frame of the output on, and what was wrong (or nothing)."""

    change: Change
    frame: int
    mixed: bool
    error: str


class LiveFeed:
    """Coded pictures as they come from the process. :meth:`take` never blocks.

    ``begin`` is the frame of the output that its first picture was drawn for, ``leaving`` the feed it takes over from
    just there. ``plain`` is the same rendition, opened to be copied: the parachute.
    """

    def __init__(
        self,
        spec: PictureSpec,
        config: bytes,
        leaving: Feed,
        frame_rate: int,
        say: Callable[[bytes], None],
        news: Callable[[], None],
    ) -> None:
        """``say`` sends a message to the process, ``news`` wakes whoever looks after it."""
        self.spec = spec
        self.config = config
        self.error: PictureError | None = None
        self.leaving = leaving
        self.begin = FrameIndex(0)
        self.plain: Feed | None = None
        self._low = max(3, round(LOW_SECONDS * frame_rate))
        self._frame_rate = frame_rate
        self._say = say
        self._news = news
        self._frames: deque[CodedFrame] = deque()
        self._out = threading.Event()
        self._changes: dict[int, tuple[Change, int]] = {}
        self._shown: deque[Shown] = deque()
        self.end: FrameIndex | None = None
        self._ending: Feed | None = None
        self.closed = False
        self.failed = False

    # For the screen.

    @property
    def ready(self) -> bool:
        """Whether enough is in hand to begin."""
        return len(self._frames) > self._low

    @property
    def dry(self) -> bool:
        """Whether nothing is left to show."""
        return not self._frames

    def take(self) -> CodedFrame | None:
        """Return the next frame in decode order, or None while there is none."""
        try:
            frame = self._frames.popleft()
        except IndexError:
            frame = None
        if len(self._frames) < self._low and self.end is None and not self._out.is_set():
            self.fail()
        return frame

    @property
    def can_leave(self) -> bool:
        """Whether it is time to go back to the plain rendition, and that can be shown."""
        return self._out.is_set() and self.plain is not None and self.plain.ready

    def take_plain(self) -> Feed | None:
        """Hand the plain rendition over; whoever takes it closes it."""
        plain, self.plain = self.plain, None
        return plain

    def ends(self, frame: int) -> bool:
        """Whether the rendition goes on from this very frame; where it cannot, it is shown from its beginning."""
        if self.end is None or frame < self.end or self._out.is_set():
            return False
        if frame == self.end and self._ending is not None and self._ending.ready:
            return True
        self.leave()
        return False

    def take_ending(self) -> Feed | None:
        """Hand over the rendition that goes on where the live pictures end; whoever takes it closes it."""
        ending, self._ending = self._ending, None
        return ending

    def due(self, frame: int) -> Shown | None:
        """Return, once, a change whose picture begins at this frame or did before."""
        return self._shown.popleft() if self._shown and self._shown[0].frame <= frame else None

    def plan(self, changes: Iterable[Change], transition: TransitionSpec) -> None:
        """Tell the process which pictures come when; what it has drawn already stays.

        Pictures that are no renditions, and those that are not open yet, are left out.
        """
        mix = 0 if transition.kind == "cut" else max(1, transition.milliseconds * self._frame_rate // 1000)
        known = {id(change): number for number, (change, _) in self._changes.items()}
        coming = []
        for change in changes:
            if change.picture is None or not isinstance(change.feed, Feed):
                continue
            number = known.get(id(change), len(self._changes))
            self._changes[number] = (change, mix)
            about = {"path": str(change.picture.path), "length": change.feed.frames, "frame": change.due, "mix": mix}
            coming.append({"number": number, **about})
        self._say(livewire.say(Kind.PICTURES, coming=coming))

    def goes_over(self, shown: Shown) -> None:
        """Be the new picture from now on; its plain rendition becomes the parachute."""
        change = shown.change
        if change.picture is None:
            return
        self.spec = change.picture
        old, plain = self.plain, change.feed
        self.plain = plain if isinstance(plain, Feed) and not change.done else None
        change.feed = None
        if old is not None:
            old.close()
        self._news()

    def close(self) -> None:
        """Have the process ended; called when the screen shows something else."""
        self.closed = True
        for feed in (self.take_plain(), self.take_ending()):
            if feed is not None:
                feed.close()
        self._news()

    # For whoever looks after the process.

    @property
    def last(self) -> PictureSpec:
        """The picture that the process has drawn last."""
        shown = self._shown[-1].change.picture if self._shown and not self._shown[-1].error else None
        return shown or self.spec

    def finish(self, frame: int, ending: Feed) -> None:
        """Go over to a feed of the same rendition at the frame before which the process has ended its pictures."""
        self._ending = ending
        self.end = FrameIndex(frame)

    def leave(self) -> None:
        """Have the plain rendition shown from the next clean frame on."""
        self._out.set()
        self._news()

    def fail(self) -> None:
        """As :meth:`leave`, but nobody wanted it."""
        self.failed = True
        self.leave()

    @property
    def is_leaving(self) -> bool:
        """Whether the plain rendition is wanted."""
        return self._out.is_set()

    def add(self, offset: int, data: bytes, *, key: bool) -> None:
        """Take a coded frame from the process."""
        self._frames.append(CodedFrame(data, offset, key, first=offset == 0))

    def show(self, number: int, frame: int, error: str) -> None:
        """Take the process's word that it has gone over to a picture."""
        change, mix = self._changes[number]
        self._shown.append(Shown(change, frame, mix > 0, error))
