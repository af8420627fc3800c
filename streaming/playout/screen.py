"""What is on the picture: the one on air, those that come next, and the clean frame where they change."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from streaming.playout.changes import Change, Pending, Picture, SeamState
from streaming.playout.errors import PictureError
from streaming.playout.joiner import Joiner
from streaming.playout.picture import Shape, open_feed
from streaming.playout.seams import Seamer
from streaming.playout.spec import Cue, PictureSpec, TransitionSpec
from streaming.playout.timeline import Timeline
from streaming.playout.units import FrameIndex, Kind, Unit

log = logging.getLogger(__name__)
STARVED_FRAMES = 60
"""Frames the picture may fall behind the sound before it counts as lost."""

RESCUE_EVERY = 2.0
"""Seconds between tries to open the fallback."""


@dataclass(frozen=True)
class Aired:
    """A change that went out, with the frame it begins at and how the picture changed ('' if it did not)."""

    change: Change
    frame: FrameIndex
    seam: str


class Screen:
    """Owns the pictures. :meth:`units_until` is the clock's alone; the rest may come from any thread."""

    def __init__(
        self,
        shape: Shape,
        fallback: PictureSpec,
        aired: Callable[[Aired], None],
        failed: Callable[[str], None],
        seamer: Seamer | None = None,
    ) -> None:
        """``aired`` and ``failed`` (a sentence) are called from the clock's or a loader's thread; they do not block."""
        self._shape = shape
        self._fallback = fallback
        self._aired = aired
        self._failed = failed
        self._timeline = Timeline()
        self._lock = threading.Lock()
        self._feed: Picture | None = None
        self._on_air: tuple[Picture | None, int] = (None, 0)
        self._pending = Pending()
        self._joiner = Joiner(seamer, self._failed)
        self._rescue: Picture | None = None
        self._rescue_after = 0.0
        self._begun = threading.Event()
        self.seams = {"played": 0, "late": 0, "failed": 0, "cut": 0}
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
        with self._lock:
            self._pending.add(Change(None, cue, asked_at, "start"))
        self._begun.set()
        return feed.config

    def use_transition(self, transition: TransitionSpec) -> None:
        """Have changes that are not planned yet made like this."""
        self._joiner.transition = transition

    def expect(self) -> None:
        """Have what the next change needs at hand."""
        self._joiner.warm_up()

    def prepare(self, change: Change) -> None:
        """Open a change's picture ahead of its :meth:`request`, in a thread."""
        self._joiner.warm_up()
        with self._lock:
            to_load = change.picture is not None and change.feed is None and not change.loading
            change.loading = change.loading or to_load
        if to_load:
            threading.Thread(target=self._load, args=(change,), name="picture loader", daemon=True).start()

    def request(self, change: Change) -> None:
        """Show a picture at its frame, or as soon as it is ready.

        It replaces requests for the same instant or a later one. A change that keeps the picture replaces nothing.
        """
        with self._lock:
            replaced = self._pending.add(change)
        for earlier in replaced:
            earlier.close()
        if change.picture is not None and not self._keeps(change):
            threading.Thread(target=self._make_ready, args=(change,), name="picture loader", daemon=True).start()

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
                self._timeline.begin(frame.offset)
                self._on_air = (self._feed, self._timeline.base)
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
        self._joiner.close()
        for feed in (self._feed, self._rescue):
            if feed is not None:
                feed.close()
        for change in self._pending:
            change.close()

    # The clock's thread: which picture is on.

    def _keeps(self, change: Change) -> bool:
        """Whether the change leaves the picture as it is."""
        if self._feed is None or self._feed.error is not None:
            return False
        return change.picture is None or change.picture.id == self.picture_id

    def _switch(self) -> None:
        """Go over to whatever is due and ready, at a clean frame."""
        self._swap_in_rescue()
        while (change := self._pending.due(self._timeline.frame)) is not None:
            if self._awaits(change):
                return
            if not self._keeps(change) and self._pending.overtaken(change, self._timeline.frame):
                change.picture = None  # its time is over: it goes on record, and the next one is shown
            if self._keeps(change):
                self._air(change, "")
            elif (feed := self._feed_for(change)) is not None:
                seam = self._seam_of(change, feed)
                self._put_on(feed)
                self._air(change, seam)
            else:
                return

    def _awaits(self, change: Change) -> bool:  # noqa: ARG002 - for screens on which something else may be on
        """Whether a change that is due waits for something else than its own picture."""
        return False

    def _feed_for(self, change: Change) -> Picture | None:
        """Return what to put on at this very frame, if anything can be.

        1. the seam, if the picture it leaves is on air and stands at the very frame it was made for;
        2. else the picture itself, if it is ready and this is a clean frame.
        """
        on_air, base = self._on_air
        if change.seamed is not None and change.state is SeamState.READY and change.leaving is on_air:
            place = self._timeline.frame - base
            if place % change.leaving_frames == change.leave_at and change.seamed.ready:
                return change.seamed
        if change.feed is None or not change.feed.ready or not self._timeline.may_switch:
            return None
        if change.due is None and change.state in {SeamState.UNPLANNED, SeamState.MAKING}:
            return None  # nobody waits for this instant: planning gives it one
        return change.feed

    def _seam_of(self, change: Change, feed: Picture) -> str:
        if feed is change.seamed:
            return "played"
        if change.state is SeamState.NONE:
            return "cut"
        return "failed" if change.state is SeamState.FAILED else "late"

    def _air(self, change: Change, seam: str) -> None:
        with self._lock:
            self._pending.remove(change)
            upcoming = self._pending.first
        change.done = True
        for feed in (change.feed, change.seamed):
            if feed is not None and feed is not self._feed:
                feed.close()
        self.cue = change.cue
        if seam:
            self.seams[seam] += 1
        self._aired(Aired(change, self._timeline.frame, seam))
        if upcoming is not None and upcoming.state is SeamState.UNPLANNED and upcoming.feed is not None:
            threading.Thread(target=self._plan, args=(upcoming,), name="picture loader", daemon=True).start()

    def _put_on(self, feed: Picture) -> None:
        old, self._feed = self._feed, feed
        self._on_air = (feed, self._timeline.frame)
        self.picture_id = feed.spec.id
        if old is not None:
            old.close()

    # Loaders' threads: what comes next.

    def _load(self, change: Change) -> None:
        self._begun.wait()  # a command may come before the first picture has told what all others must be
        try:
            change.feed = open_feed(change.picture, self._shape) if change.picture is not None else None
        except PictureError as error:
            self._failed(f"{error} The picture stays as it is.")
            change.picture = None  # the track has begun, whatever it looks like
        finally:
            change.opened.set()
        if change.done and change.feed is not None:
            change.feed.close()

    def _make_ready(self, change: Change) -> None:
        with self._lock:
            to_load = change.feed is None and not change.loading
            change.loading = True
        if to_load:
            self._load(change)
        elif change.feed is None:
            change.opened.wait()
        self._plan(change)

    def _plan(self, change: Change) -> None:
        """Have the transition made, unless something else comes first: then it is planned after that."""
        with self._lock:
            if change.state is not SeamState.UNPLANNED or change.done or self._pending.first is not change:
                return
            change.state = SeamState.MAKING
        leaving, base = self._on_air
        self._joiner.join(change, leaving, base, self._timeline.frame, self._shape)

    # When the picture on air cannot go on.

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
