"""What this node has seen of the other nodes' leases, by its own clock alone. Pure.

A lease is over when the same holder and serial were seen unchanged for ``LEASE`` seconds of our own boot clock. The
holder's encoder ends by itself ``FENCE`` seconds after the last renewal was *sent*, which is before we first saw it.
What was seen before the database was away, or was started anew, counts for nothing: nobody could renew meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable
    from uuid import UUID

LEASE = 10.0
LONGEST_BLINK = 5.0
"""Seconds between two looks after which we had no contact, whatever the reason."""

HEARD = 5.0
"""Seconds after its last sign for which a node counts as living, where it is only a matter of who goes first."""


@dataclass(frozen=True)
class Holding:
    """Who has a station, as its row says; ``gone``: an operator's word that the holder is switched off."""

    station: UUID
    node: int | None
    serial: int
    fenced: bool
    gone: bool = False


class Observed:
    """The looks of one node at the table."""

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self._since: dict[UUID, tuple[Holding, float]] = {}
        self._signs: dict[int, tuple[Hashable, float]] = {}
        self._free: dict[UUID, float] = {}
        self._looked: float | None = None
        self._era: Hashable = None

    def look(self, holdings: Iterable[Holding], now: float, era: Hashable = None) -> None:
        """Take what was read; ``now`` is our clock after the answer, ``era`` names the database's own life."""
        if era != self._era or (self._looked is not None and now - self._looked > LONGEST_BLINK):
            self.outage()
        self._era, self._looked = era, now
        before = self._since
        self._since = {}
        for holding in holdings:
            known = before.get(holding.station)
            same = known is not None and known[0] == holding
            self._since[holding.station] = known if same and known is not None else (holding, now)
        self._free = {one: self._free.get(one, now) for one in self._since if self.may_be_taken(one)}

    def signs(self, signs: Iterable[tuple[int, Hashable]], now: float) -> None:
        """Take each node's sign of life, whatever it is: only that it changes counts."""
        before, self._signs = self._signs, {}
        for node, sign in signs:
            known = before.get(node)
            self._signs[node] = known if known is not None and known[0] == sign else (sign, now)

    def outage(self) -> None:
        """Forget all: we had no contact."""
        self._since, self._free = {}, {}

    def lives(self, node: int) -> bool:
        """Tell whether a node gave a sign lately: good enough to let it go first, not to take what it holds."""
        known = self._signs.get(node)
        return known is not None and self._looked is not None and self._looked - known[1] < HEARD

    def may_be_taken(self, station: UUID) -> bool:
        """Tell whether nobody can be sending this station: let go, its holder switched off, or its lease over."""
        known = self._since.get(station)
        if known is None or self._looked is None:
            return False
        holding, since = known
        if holding.node is None or holding.gone:
            return True
        return holding.fenced and self._looked - since >= LEASE

    def free_for(self, station: UUID) -> float:
        """Return for how many seconds it has been there to be taken."""
        since = self._free.get(station)
        return 0.0 if since is None or self._looked is None else self._looked - since

    def holding(self, station: UUID) -> Holding | None:
        """Return the row as it was read last."""
        known = self._since.get(station)
        return known[0] if known is not None else None
