"""Looks after finished recordings on this machine, in a thread of its own: storages are slow, stations never wait."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import structlog

from streaming.nodes import backoff
from streaming.nodes.database import AWAY, borrowed
from streaming.outputs import archive

if TYPE_CHECKING:
    from streaming.nodes.identity import ThisNode

log = structlog.get_logger(__name__)

ROUND_SECONDS = 20.0
LONGEST_WAIT = 300.0


class Archivist(threading.Thread):
    """Does a round every twenty seconds, and less and less often while files fail."""

    def __init__(self, node: ThisNode) -> None:
        """``node`` is whose files are looked after."""
        super().__init__(name="archivist", daemon=True)
        self._node = node
        self._stopped = threading.Event()
        self._failures = 0

    def stop(self) -> None:
        """End after the file at hand; one that is half copied is found and replaced in the next round."""
        self._stopped.set()

    def run(self) -> None:
        """Work until stopped."""
        while not self._stopped.wait(self._pause()):
            try:
                with borrowed():
                    failed = archive.tidy(node=self._node.row())
            except AWAY as error:
                log.warning("recordings wait for the database", error=str(error).strip())
                failed = 1
            except Exception:
                log.exception("recordings are not looked after; tried again")
                failed = 1
            self._failures = self._failures + 1 if failed else 0

    def _pause(self) -> float:
        return min(LONGEST_WAIT, max(ROUND_SECONDS, ROUND_SECONDS * self._failures, backoff.delay(self._failures)))
