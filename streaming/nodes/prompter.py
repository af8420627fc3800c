"""Says to an encoder what to show and when, in its own media time. Used by one thread, the watch's."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from streaming.nodes.showing import Show, Showing
from streaming.nodes.timing import clock_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from streaming.nodes.difference import Json
    from streaming.nodes.grip import Grip
    from streaming.nodes.timing import Due, MediaClock


class Prompter:
    """Remembers what is to be shown, and says it to whichever process there is (``grip``; None: there is none)."""

    def __init__(self) -> None:
        """Begin with nothing to show."""
        self.showing = Showing()
        self._clock: MediaClock | None = None

    def ask(self, grip: Grip | None, cue: Json, picture: Json, due: Due | None) -> None:
        """Have something shown at its instant, or now."""
        self._say(grip, self.showing.ask(Show(cue, picture, due), time.time()))

    def retime(self, grip: Grip | None, dues: dict[int, Due]) -> None:
        """Give what waits the instants known now, by track change."""
        self._say(grip, self.showing.retime(dues, time.time()))

    def begin(self) -> None:
        """A process is about to begin: its clock is not known, and what was due is its first picture."""
        self._clock = None
        self.showing.begin(time.time())

    def greet(self, grip: Grip) -> None:
        """Say on a new link what may have been missed on the last, or by the node before this one."""
        self.showing.aired(grip.hello)
        self._say(grip, self.showing.missing_from(grip.hello, time.time()))

    def tick(self, grip: Grip, statistics: Json) -> None:
        """Take the run's clock; what waited for it is said now."""
        before, self._clock = self._clock, clock_of(grip.run, statistics)
        if before is None or before.run != grip.run:
            self._say(grip, [show for show in self.showing.line if show.waits(time.time())])

    def refused(self, grip: Grip | None, answer: Json, slate: Json) -> None:
        """Have the slate shown where a picture was refused."""
        show = self.showing.refused(answer)
        if show is not None:
            self._say(grip, [self.showing.give_slate(show, slate)])

    def _say(self, grip: Grip | None, shows: Iterable[Show]) -> None:
        now = time.time()
        for show in shows if grip is not None else ():
            at = show.at(self._clock) if show.waits(now) else None
            if grip is not None and (at is not None or not show.waits(now)):
                grip.show(show.cue, show.picture, at)
