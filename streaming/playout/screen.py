"""What is on the picture: the feed on air, the one that comes next, and the clean frame where they change."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from streaming.playout.errors import PictureError
from streaming.playout.picture import Feed, Shape, open_feed
from streaming.playout.spec import Cue, PictureSpec
from streaming.playout.timeline import Timeline
from streaming.playout.units import FrameIndex, Kind, Unit

log = logging.getLogger(__name__)
STARVED_FRAMES = 60
"""Frames the picture may fall behind the sound before it counts as lost."""

RESCUE_EVERY = 2.0
"""Seconds between tries to open the fallback."""


@dataclass(eq=False)
class Change:
    """A picture asked for (None: keep the one on air), what for, since when (monotonic seconds), and by whom."""

    picture: PictureSpec | None
    cue: Cue
    asked_at: float
    origin: str
    feed: Feed | None = None
    loading: bool = False


@dataclass(frozen=True)
class Aired:
    """A change that went out, with the frame it begins at."""

    change: Change
    frame: FrameIndex


class Screen:
    """Owns the feeds. :meth:`units_until` is the clock's alone; the rest may come from any thread."""

    def __init__(
        self,
        shape: Shape,
        fallback: PictureSpec,
        aired: Callable[[Aired], None],
        failed: Callable[[str], None],
    ) -> None:
        """``aired`` and ``failed`` (a sentence) are called from the clock's or a loader's thread; they do not block."""
        self._shape = shape
        self._fallback = fallback
        self._aired = aired
        self._failed = failed
        self._timeline = Timeline()
        self._lock = threading.Lock()
        self._feed: Feed | None = None
        self._wanted: Change | None = None
        self._notes: deque[Change] = deque()
        self._rescue: Feed | None = None
        self._rescue_after = 0.0
        self._begun = threading.Event()
        self.picture_id = ""
        self.cue: Cue | None = None

    @property
    def frame(self) -> FrameIndex:
        """Frames sent so far."""
        return self._timeline.frame

    def begin(self, picture: PictureSpec, cue: Cue, asked_at: float) -> bytes:
        """Open the first picture, blocking; returns its avcC record, which then binds every later one.

        Raises:
            PictureError: neither it nor the fallback can be shown.

        """
        try:
            feed = open_feed(picture, self._shape)
        except PictureError as error:
            if picture == self._fallback:
                raise
            self._failed(str(error))
            feed = open_feed(self._fallback, self._shape)
        self._shape = Shape(self._shape.width, self._shape.height, self._shape.frame_rate, feed.config)
        self._put_on(feed)
        self._notes.append(Change(None, cue, asked_at, "start"))
        self._begun.set()
        return feed.config

    def prepare(self, change: Change) -> None:
        """Open a change's picture ahead of its :meth:`request`, in a thread."""
        if change.picture is not None and change.feed is None and not change.loading:
            change.loading = True
            threading.Thread(target=self._load, args=(change,), name="picture loader", daemon=True).start()

    def request(self, change: Change) -> None:
        """Show a picture as soon as it is ready; replaces an earlier request that has not been shown.

        A change that keeps the picture airs with the next frame and replaces nothing.
        """
        if change.picture is None:
            self._notes.append(change)
            return
        with self._lock:
            replaced, self._wanted = self._wanted, change
        if replaced is not None and replaced is not change and replaced.feed is not None:
            replaced.feed.close()
        if not self._keeps(change):
            self.prepare(change)

    def units_until(self, dts: int) -> list[Unit]:
        """Return the video units whose decode time is at or before ``dts`` (frames).

        Raises:
            PictureError: the rendition on air breaks its own rules; :meth:`spoilt` then puts the fallback on.

        """
        units: list[Unit] = []
        while self._timeline.next_dts <= dts:
            self._switch()
            frame = self._feed.take() if self._feed is not None else None
            if frame is None:
                self._starve(dts - self._timeline.next_dts)
                break
            if frame.first:
                self._timeline.begin()
            when = self._timeline.place(frame.offset)
            units.append(Unit(Kind.VIDEO, frame.data, *when, frame.key))
        return units

    def spoilt(self, error: PictureError) -> None:
        """Give up the picture on air."""
        if self._feed is not None:
            self._feed.error = error
            self._starve(0)

    def close(self) -> None:
        """Close what is open."""
        for feed in (self._feed, self._rescue, self._wanted.feed if self._wanted else None):
            if feed is not None:
                feed.close()

    def _keeps(self, change: Change) -> bool:
        """Whether the change leaves the picture as it is."""
        if self._feed is None or self._feed.error is not None:
            return False
        return change.picture is None or change.picture.id == self.picture_id

    def _switch(self) -> None:
        """Go over to the wanted picture if it is ready and this is a clean frame."""
        self._swap_in_rescue()
        while self._notes:
            self._air(self._notes.popleft())
        change = self._wanted
        if change is None:
            return
        keeps = self._keeps(change)
        if not keeps and not (change.feed is not None and change.feed.ready and self._timeline.may_switch):
            return
        with self._lock:
            if self._wanted is not change:
                return
            self._wanted = None
        if not keeps and change.feed is not None:
            self._put_on(change.feed)
        elif change.feed is not None:
            change.feed.close()
        self._air(change)

    def _air(self, change: Change) -> None:
        self.cue = change.cue
        self._aired(Aired(change, self._timeline.frame))

    def _put_on(self, feed: Feed) -> None:
        old, self._feed = self._feed, feed
        self.picture_id = feed.spec.id
        if old is not None:
            old.close()

    def _load(self, change: Change) -> None:
        self._begun.wait()  # a command may come before the first picture has told what all others must be
        try:
            feed = open_feed(change.picture, self._shape) if change.picture is not None else None
        except PictureError as error:
            self._failed(f"{error} The picture stays as it is.")
            change.picture = None  # the track has begun, whatever it looks like
            return
        change.feed = feed

    def _starve(self, behind: int) -> None:
        """Bring in the fallback when the picture on air cannot go on."""
        feed = self._feed
        if feed is None or (feed.error is None and behind <= STARVED_FRAMES):
            return
        if time.monotonic() < self._rescue_after:
            return
        self._rescue_after = time.monotonic() + RESCUE_EVERY
        self._failed(str(feed.error or "The disk does not deliver the picture in time."))
        threading.Thread(target=self._load_rescue, name="picture loader", daemon=True).start()

    def _load_rescue(self) -> None:
        try:
            self._rescue = open_feed(self._fallback, self._shape)
        except PictureError:
            log.exception("The fallback picture cannot be opened either")

    def _swap_in_rescue(self) -> None:
        rescue = self._rescue
        if rescue is not None and rescue.ready:
            self._rescue = None
            self._timeline.abandon()
            self._put_on(rescue)
