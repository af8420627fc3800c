"""The screen, and how a presenter's pictures come on it over everything else, and go."""

from __future__ import annotations

import threading
from typing import Any

from streaming.playout.changes import Change, Picture
from streaming.playout.errors import PictureError
from streaming.playout.livefeed_screen import LiveScreen
from streaming.playout.picture import Feed, Shape, open_feed
from streaming.playout.spec import PictureSpec
from streaming.playout.takeover_picture import GuestPicture


class GuestScreen(LiveScreen):
    """A screen on which a presenter may be.

    What is asked for meanwhile airs as ever, but underneath: it is what the screen goes back to, at once, when the
    presenter's pictures end.
    """

    def __init__(self, *arguments: Any) -> None:
        """As a screen."""
        super().__init__(*arguments)
        self._guest: GuestPicture | None = None
        self._awaited: GuestPicture | None = None
        self._under: Feed | None = None
        self._clean_at, self._stride = 0, 1

    def wait_for_beginning(self) -> Shape:
        """Wait until the first picture has told what all others must be, and return that."""
        self._begun.wait()
        return self._shape

    def host(self, guest: GuestPicture) -> None:
        """Put a presenter's pictures on at their frame; from the clock's thread."""
        before, self._awaited = self._awaited, guest
        if before is not None:
            before.close()

    def close(self) -> None:
        """Close what is open."""
        super().close()
        if self._under is not None:
            self._under.close()

    def _swap_in_rescue(self) -> None:
        """Before each frame: also take a presenter on, or go back."""
        if self._guest is None:
            super()._swap_in_rescue()
        elif self._rescue is not None and self._rescue.ready:
            self._guest = None
            super()._swap_in_rescue()
        else:
            self._mind(self._guest)
        if self._timeline.may_switch:
            frame = self._timeline.frame
            self._clean_at, self._stride = frame, max(1, frame - self._clean_at)
            self._take_on(frame)

    def _take_on(self, frame: int) -> None:
        """Put the presenter on who waits, if this clean frame is the one, or let go of one who has gone already."""
        awaited = self._awaited
        if awaited is None or self._guest is not None:
            return
        if awaited.is_over(frame):
            self._awaited = None
            awaited.close()
        elif awaited.may_begin(frame, self._stride):
            self._receive(awaited)

    def _receive(self, guest: GuestPicture) -> None:
        """Put the presenter on, and open what was on again, to go back to."""
        on_air = self._feed
        if on_air is None:
            return
        self._awaited, self._guest = None, guest
        guest.spec = on_air.spec
        self._put_on(guest)
        guest.came_on()
        threading.Thread(target=self._load_under, args=(guest, guest.spec), name="picture loader", daemon=True).start()

    def _mind(self, guest: GuestPicture) -> None:
        """Go back when it is time, or when no more pictures come."""
        may_switch = self._timeline.may_switch
        time_is_over = guest.is_over(self._timeline.frame) and may_switch
        under = self._under
        if not (time_is_over or guest.dry) or under is None or not under.ready:
            return
        if not may_switch:
            self._timeline.abandon()
        self._guest = self._under = None
        self._put_on(under)
        self._plan_anew()

    def _load_under(self, guest: GuestPicture, spec: PictureSpec) -> None:
        try:
            feed = open_feed(spec, self._shape)
        except PictureError as error:
            self._failed(f"{error} It would have been shown after the presenter; the fallback stands in.")
            feed = self._fallback_feed()
        with self._lock:
            taken = self._guest is guest and self._under is None
            if taken:
                self._under = feed
        if not taken:
            feed.close()

    def _fallback_feed(self) -> Feed:
        return open_feed(self._fallback, self._shape)

    def _awaits(self, change: Change) -> bool:
        """Whether a change waits for something else than its own picture; under a presenter it airs unseen."""
        if self._guest is None or self._keeps(change):
            return super()._awaits(change)
        if isinstance(change.feed, Feed) and change.picture is not None:
            self._slip_under(change, change.feed, change.picture)
        return True

    def _slip_under(self, change: Change, feed: Feed, picture: PictureSpec) -> None:
        with self._lock:
            old, self._under = self._under, feed
        if old is not None:
            old.close()
        change.feed = None
        self.picture_id = picture.id
        if self._guest is not None:
            self._guest.spec = picture
        self._air(change, "")

    def _put_on(self, feed: Picture) -> None:
        if not isinstance(feed, GuestPicture) and self._guest is not None:
            self._guest = None
        super()._put_on(feed)
