"""Outputs that live on one connection after another: renewal before a limit, overlaps, the backup ingest."""

from __future__ import annotations

import logging
import time
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from streaming.playout.errors import OutputError
from streaming.playout.outputs import renewal
from streaming.playout.outputs.base import Output, State, Surroundings
from streaming.playout.outputs.link import Link, Successor
from streaming.playout.spec import OutputSpec, RenewSpec
from streaming.playout.units import REORDER, Kind, Unit

log = logging.getLogger(__name__)
STARVED = 5.0
"""Seconds without anything to send after which a connection is closed: the clock itself must have stopped."""

AT_ONCE = 64
"""Units handed to a connection in one go, under a second: what it has been handed can no longer be dropped."""

PROVEN_AFTER_S = 30.0
USUAL_GOP_S = 2.0


@dataclass(frozen=True)
class _Left:
    """A connection that ends as soon as the next one has sent; None where it has ended already."""

    link: Link | None
    last_sent: float
    counts: bool


class ConnectedOutput(Output):
    """Sends over one :class:`Link` after another. Of its addresses 0 is the ingest, 1 the backup."""

    def __init__(self, spec: OutputSpec, around: Surroundings) -> None:
        """Prepare; :meth:`start` connects."""
        super().__init__(spec, around)
        self._link: Link | None = None
        self._left: _Left | None = None
        self._successor: Successor | None = None
        self._tries = 0
        self._asked = False
        self._alone = False
        """Whether the renewal that is due goes without an overlap, because one was tried in vain."""
        self._away = False
        """Whether the backup stands in just for the renewal."""
        self._away_since = 0.0
        self._gop, self._key_ms = USUAL_GOP_S, 0
        self._boundaries = renewal.Boundaries()

    @abstractmethod
    def open(self, place: int) -> Link:
        """Open a connection to an address.

        Raises:
            OutputError: a sentence about what happened.

        """

    @property
    @abstractmethod
    def places(self) -> int:
        """How many addresses there are."""

    @property
    @abstractmethod
    def plan(self) -> RenewSpec:
        """When it is renewed."""

    def boundary(self, milliseconds: int) -> None:
        """Hear that a track begins at this media time; its first picture's decode time is a little earlier."""
        self._boundaries.add(milliseconds - REORDER * 1000 // self.format.frame_rate - 1)

    def renew(self) -> bool:
        """Renew the connection at the next keyframe."""
        self._asked = True
        return True

    def run(self) -> None:
        """One connection after another, until there is an error or the queue is closed."""
        place = self._tries % self.places
        self._tries += 1
        try:
            self._take_on(self.open(place), place)
            self.came_up()
            while not self.queue.closed and self._pump():
                pass
            if self._link is not None:
                self._link.bye()
        finally:
            self._end()

    def _end(self) -> None:
        """Close whatever is open."""
        old = None if self._left is None else self._left.link
        for link in (self._link, old):
            if link is not None:
                link.close()
        if self._successor is not None:
            self._successor.abandon()
        self._link = self._successor = None
        self._away = self._alone = False

    def _take_on(self, link: Link, place: int) -> None:
        self._link = link
        self.on_backup = place > 0
        self._away_since = time.monotonic()
        self._alone = self._asked = False

    def _pump(self) -> bool:
        """Send what is queued; False when there is nothing more to come."""
        units = self.queue.take(STARVED, AT_ONCE)
        if not units:
            if self.queue.closed:
                return False
            raise OutputError("Nothing came from the encoder's clock; the connection was given up.")
        start = 0
        for place, unit in enumerate(units):
            if not unit.key or unit.kind is Kind.AUDIO:
                continue
            self._send(units[start:place])
            start = place
            if self._at_keyframe(self._moment(unit)):
                self.queue.unread(units[place:])
                self._renew_alone()
                return True
        self._send(units[start:])
        return True

    def _send(self, units: Sequence[Unit]) -> None:
        link = self._link
        if not units or link is None:
            return
        before = link.sent
        link.send(units)
        link.last_sent = time.monotonic()
        self.bytes += link.sent - before
        if self._left is not None:
            self._arrive(self._left, link.last_sent)
        if self._tries and link.media_s >= PROVEN_AFTER_S:
            self._tries = 0
            self.proved()

    def _moment(self, key: Unit) -> renewal.Moment:
        milliseconds = self.format.milliseconds(key)
        self._gop = max(self._gop, (milliseconds - self._key_ms) / 1000 if self._key_ms else 0.0)
        self._key_ms = milliseconds
        return renewal.Moment(
            age=0.0 if self._link is None else self._link.age,
            gop=self._gop,
            boundary=self._boundaries.passed(milliseconds),
            hour=time.gmtime().tm_hour,
        )

    def _at_keyframe(self, now: renewal.Moment) -> bool:
        """Decide what becomes of the connection before this keyframe; True: it is renewed without an overlap.

        1. A successor that is ready takes over; one that failed is given up, one that is late too.
        2. A connection whose time has come is renewed as its plan says.
        3. The backup ingest is left again.
        """
        link = self._link
        if link is None:
            return False
        if self._successor is not None and self._is_awaited(self._successor, link, now):
            return False
        if self._asked or renewal.is_due(self.plan, link.limit_s, now):
            if self.plan.overlap == "none" or self._alone or renewal.is_last(self.plan, link.limit_s, now):
                return True
            there = 1 if self.plan.overlap == "backup" and self.places > 1 and not self.on_backup else 0
            self._away = there > 0
            self._prepare(there, counts=True)
        elif self.on_backup and (self._away or renewal.may_return(time.monotonic() - self._away_since, now)):
            self._prepare(0, counts=False)
        return False

    def _is_awaited(self, successor: Successor, link: Link, now: renewal.Moment) -> bool:
        """Take the next connection on if it is ready; tells whether nothing else is to be decided now."""
        if successor.link is not None:
            self._successor = None
            self._left = _Left(link, link.last_sent, successor.counts)
            self._take_on(successor.link, successor.place)
            return True
        if not successor.error and not renewal.is_last(self.plan, link.limit_s, now):
            return True
        log.warning("%s: the next connection is not there (%s)", self.spec.id, successor.error or "it takes too long")
        successor.abandon()
        self._successor = None
        self._alone = successor.counts
        self._away = False
        self._away_since = time.monotonic()
        self.state = State.UP
        return not successor.counts

    def _prepare(self, place: int, *, counts: bool) -> None:
        self.state = State.RENEWING
        self._successor = Successor(lambda: self.open(place), place, counts=counts)

    def _renew_alone(self) -> None:
        """End the connection at the keyframe that is next in the queue, and begin another."""
        link = self._link
        if link is None:
            return
        self.tell(up=False, state=State.RENEWING)
        self._left = _Left(None, link.last_sent, counts=True)
        self._part(link)
        self._take_on(self.open(0), 0)
        self.came_up()

    def _arrive(self, left: _Left, now: float) -> None:
        """Say good-bye to the old connection, now that the new one has sent; take note of how long nothing went out."""
        self._left = None
        gap = round(max(0.0, now - left.last_sent) * 1000)
        self.renewal_gap_ms = gap if left.counts else max(gap, self.renewal_gap_ms or 0)
        self.renewals += left.counts
        self.state = State.UP
        self._away = self._away and self.on_backup
        if left.link is not None:
            self._part(left.link)

    def _part(self, link: Link) -> None:
        try:
            link.bye()
        except OutputError as error:
            log.info("%s: the old connection ended before its good-bye (%s)", self.spec.id, error)
        finally:
            link.close()
