"""The screen, and how pictures that are coded live come on it, change, and go."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from streaming.playout.changes import Change, Picture, SeamState
from streaming.playout.livefeed import LiveFeed, Shown
from streaming.playout.picture import Feed, Shape
from streaming.playout.screen import Screen
from streaming.playout.units import FrameIndex


class LiveScreen(Screen):
    """A screen that may go over from a rendition to the same rendition coded live, and back, at any time."""

    def __init__(self, *arguments: Any) -> None:
        """As a screen; ``watching`` are called, from the clock's thread, when another feed is put on."""
        super().__init__(*arguments)
        self._offered: LiveFeed | None = None
        self.watching: list[Callable[[], None]] = []

    @property
    def shape(self) -> Shape:
        """What every picture of the run is; complete once the first one is open."""
        return self._shape

    @property
    def standing(self) -> tuple[Picture | None, int, FrameIndex]:
        """The picture on air, the frame at which its pass began, and frames sent so far."""
        return (*self._on_air, self._timeline.frame)

    def offer(self, live: LiveFeed) -> None:
        """Go over to a picture coded live, at the very frame it begins at; it is closed if that cannot be."""
        self._offered = live

    def request(self, change: Change) -> None:
        """Show a picture; one that is coded live goes over to it by itself."""
        super().request(change)
        self._tell_live()

    def close(self) -> None:
        """Close what is open."""
        super().close()
        if self._offered is not None:
            self._offered.close()

    def _swap_in_rescue(self) -> None:
        """Before each frame: also take what is offered, air what a live picture shows, or leave it."""
        super()._swap_in_rescue()
        if isinstance(self._feed, LiveFeed):
            self._follow(self._feed)
        elif self._offered is not None:
            self._take_up(self._offered)

    def _take_up(self, offered: LiveFeed) -> None:
        frame = self._timeline.frame
        if frame < offered.begin:
            return
        self._offered = None
        if frame == offered.begin and offered.leaving is self._feed and offered.ready and self._timeline.may_switch:
            self._put_on(offered)
        else:
            offered.close()

    def _follow(self, live: LiveFeed) -> None:
        while (shown := live.due(self._timeline.frame)) is not None:
            self._air_live(live, shown)
        if live.ends(self._timeline.frame) and self._timeline.may_switch:
            ending = live.take_ending()
            if ending is not None:
                self._put_on(ending)
        elif live.can_leave and (self._timeline.may_switch or live.dry):
            plain = live.take_plain()
            if plain is not None:
                if not self._timeline.may_switch:
                    self._timeline.abandon()
                self._put_on(plain)

    def _air_live(self, live: LiveFeed, shown: Shown) -> None:
        """Put a change on record whose picture the live one shows from this frame on."""
        change = shown.change
        if shown.error:
            self._failed(f"{shown.error} The picture stays as it is.")
            self._air(change, "")
            return
        live.goes_over(shown)
        self.picture_id = live.spec.id
        self._air(change, "played" if shown.mixed else "cut")

    def _awaits(self, change: Change) -> bool:
        """Whether a change is up to the live picture, which tells its frame when it has drawn it."""
        if not isinstance(self._feed, LiveFeed) or self._keeps(change):
            return False
        return change.feed is None or isinstance(change.feed, Feed)

    def _put_on(self, feed: Picture) -> None:
        old = self._feed
        super()._put_on(feed)
        if isinstance(feed, LiveFeed):
            self._tell_live()
        elif isinstance(old, LiveFeed):
            self._plan_anew()
        for tell in self.watching:
            tell()

    def _plan(self, change: Change) -> None:
        if not self._tell_live():
            super()._plan(change)

    def _tell_live(self) -> bool:
        """Tell the live picture, if one is on, what comes; False if none is."""
        live = self._feed
        if not isinstance(live, LiveFeed):
            return False
        with self._lock:
            live.plan(self._pending, self._joiner.transition)
        return True

    def _plan_anew(self) -> None:
        """Plan as for any rendition what the live picture would have gone over to."""
        for change in self._pending:
            change.state = SeamState.UNPLANNED
        first = self._pending.first
        if first is not None and first.feed is not None:
            threading.Thread(target=self._plan, args=(first,), name="picture loader", daemon=True).start()
