"""Says to whichever process there is how long it may send.

An order goes out at once from whatever thread gives it: a watch that waits for a slow disk must not cost its station
the air. Everything else is the watch's own thread's.

The note on disk is for a node that finds the encoder after this one died, and has no database to ask: whether what runs
here has a deadline. It is written before an order counts as heard, so others are told that they may take the station
only when no node of this machine would ever start an encoder without a deadline.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from streaming.nodes.fence import HELD, Order, number_of
from streaming.nodes.folder import read_json, write_private

if TYPE_CHECKING:
    from streaming.nodes.difference import Json
    from streaming.nodes.fence import Fence
    from streaming.nodes.folder import EncoderFolder
    from streaming.nodes.grip import Grip


class Leash:
    """The last order, and who has heard it."""

    def __init__(self, folder: EncoderFolder, fence: Fence) -> None:
        """Nothing was ordered yet; what runs here keeps the deadline it has."""
        self._folder = folder
        self._fence = fence
        self._fenced: bool | None = None
        self._saying = threading.Lock()  # what is said last is the newest order
        self._order: Order | None = None

    def part(self) -> Json:
        """Return the part of a spec: without an order, one that had a deadline is held until there is one."""
        if self._order is not None:
            return {"until": self._order.until}
        return {"until": HELD if self._was_fenced() else None}

    def take(self, order: Order, grip: Grip | None) -> None:
        """Have the encoder follow this order; from any thread. :meth:`tell` has to follow in the watch's."""
        with self._saying:
            self._order = order
            if grip is not None:
                grip.lease(order.name, order.until)

    def tell(self, grip: Grip | None) -> None:
        """Say the last order to the process; with none there, the next one begins with it."""
        if self._order is None:
            return
        if grip is not None:
            with self._saying:
                grip.lease(self._order.name, self._order.until)
        elif not self._folder.occupied():
            self._heard(self._order.number)

    def begins(self) -> None:
        """Note that a process is about to begin with :meth:`part`.

        Raises:
            OSError: the disk does not let us.

        """
        if self._order is not None:
            self._heard(self._order.number)

    def answered(self, event: Json) -> bool:
        """Take an answer; tells whether it was to an order."""
        number = number_of(event.get("to"))
        if number is not None and event.get("ok"):
            self._heard(number)
        return number is not None

    def _heard(self, number: int) -> None:
        fenced = self._order is not None and self._order.until is not None
        if fenced != self._was_fenced():
            write_private(self._folder.lease, {"fenced": fenced})
            self._fenced = fenced
        self._fence.hears(number)

    def _was_fenced(self) -> bool:
        if self._fenced is None:
            self._fenced = bool((read_json(self._folder.lease) or {}).get("fenced"))
        return self._fenced
