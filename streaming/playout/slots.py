"""Turns on one machine: of all encoders only so many do something heavy at a time. A lock dies with its holder."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOOK_EVERY = 0.05
"""Seconds between two looks for a free slot: locks of files cannot be awaited with a limit."""


class Slots:
    """As many as there are cores, shared by every process that names the same folder."""

    def __init__(self, folder: Path, name: str, count: int | None = None) -> None:
        """Nothing is made in ``folder`` before the first turn."""
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        self._files = [folder / f".{name}-slot-{number}" for number in range(count or cores)]

    @contextmanager
    def taken(self, patience: float) -> Iterator[bool]:
        """Have a slot, or False when none got free within ``patience`` seconds.

        Raises:
            OSError: the folder cannot be written.

        """
        handle = self._take()
        ends, waited = threading.Event(), 0.0
        while handle is None and waited < patience:
            ends.wait(LOOK_EVERY)
            waited += LOOK_EVERY
            handle = self._take()
        try:
            yield handle is not None
        finally:
            if handle is not None:
                os.close(handle)

    def _take(self) -> int | None:
        for file in self._files:
            handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(handle)
            else:
                return handle
        return None
