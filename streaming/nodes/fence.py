"""What one station's encoder was told of how long it may send, and whether it has heard it. Pure, any thread.

Whoever renews the lease makes orders, in order; the encoder's answer says which it has heard. The database is told that
a station may be taken only after a deadline was heard that no later order has lifted.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

FENCE = 9.0
"""Seconds, from just before a renewal is sent, for which the encoder may send on the strength of it."""

HELD = 0.0
"""A deadline long past: everything but sending to the network."""


@dataclass(frozen=True)
class Order:
    """How long an encoder may send: ``until`` in seconds of the boot clock, None for ever; numbered from 1."""

    number: int
    until: float | None

    @property
    def name(self) -> str:
        """The id of its command, by which the answer is known."""
        return f"lease:{self.number}"


class Fence:
    """The orders of one station on this node."""

    def __init__(self) -> None:
        """Nothing was said yet."""
        self._changed = threading.Lock()
        self._number = 0
        self._since: int | None = None
        self._heard = 0

    def order(self, until: float | None) -> Order:
        """Make the next order."""
        with self._changed:
            self._number += 1
            if until is None:
                self._since = None
            elif self._since is None:
                self._since = self._number
            return Order(self._number, until)

    def hears(self, number: int) -> None:
        """Note that the encoder, and any that is started in its place, follows this order or a later one."""
        with self._changed:
            self._heard = max(self._heard, number)

    @property
    def told(self) -> bool:
        """Whether the encoder surely has a deadline: it heard one, and none was lifted since."""
        with self._changed:
            return self._since is not None and self._heard >= self._since


def number_of(answered: object) -> int | None:
    """Return the number of the order that an answer is to; None: it is to something else."""
    kind, _, number = str(answered).partition(":")
    return int(number) if kind == "lease" and number.isdigit() else None
