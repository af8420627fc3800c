"""One connection of an output, and the thread that opens the next while the present one goes on."""

from __future__ import annotations

import logging
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

from streaming.playout.errors import OutputError
from streaming.playout.units import Unit

log = logging.getLogger(__name__)


class Link(ABC):
    """One open connection that takes our stream. Its calls raise :class:`OutputError`."""

    limit_s = float("inf")
    """How many seconds of media it can carry."""

    def __init__(self) -> None:
        """Begin to count."""
        self.sent = 0
        self.opened = self.last_sent = time.monotonic()

    @property
    @abstractmethod
    def media_s(self) -> float:
        """Seconds of media sent."""

    @abstractmethod
    def send(self, units: Sequence[Unit]) -> None:
        """Send units in decode order, the first ever being a keyframe."""

    @abstractmethod
    def bye(self) -> None:
        """Tell the other side that the end is meant."""

    @abstractmethod
    def close(self) -> None:
        """Close the connection; also one that is closed."""

    @property
    def age(self) -> float:
        """Seconds of its life: the clock's or the media's, whichever is more."""
        return max(time.monotonic() - self.opened, self.media_s)


class Successor:
    """A connection that is being opened; ``link`` or ``error`` is set when that is over."""

    def __init__(self, opening: Callable[[], Link], place: int, *, counts: bool) -> None:
        """Start.

        ``place``: which of the output's addresses it goes to; ``counts``: taking over to it renews the connection.
        """
        self.place = place
        self.counts = counts
        self.link: Link | None = None
        self.error = ""
        self._opening = opening
        self._lock = threading.Lock()
        self._unwanted = False
        threading.Thread(target=self._open, name="output's next connection", daemon=True).start()

    def abandon(self) -> None:
        """Close it, now or as soon as it is there."""
        with self._lock:
            self._unwanted = True
            if self.link is not None:
                self.link.close()

    def _open(self) -> None:
        try:
            link = self._opening()
        except OutputError as error:
            self.error = str(error)
        except Exception:
            log.exception("A connection could not be opened, in a way nobody foresaw")
            self.error = "It failed inside Longwave; the log has the details."
        else:
            with self._lock:
                self.link = link
                if self._unwanted:
                    link.close()
