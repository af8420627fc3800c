"""Whether the system has just killed something because memory ran out (Linux: ``oom_kill`` in ``/proc/vmstat``).

The count is the whole machine's, limits of cgroups included, so it is only believed together with an encoder that was
killed by nobody else in the same seconds.
"""

from __future__ import annotations

import signal
import threading
import time
from collections import deque
from pathlib import Path

VMSTAT = Path("/proc/vmstat")
RECENT_S = 5.0
EVERY_S = 1.0


class Kills:
    """Looks at the count now and then, from any thread; tells whether it has grown."""

    def __init__(self, file: Path = VMSTAT) -> None:
        """Take the count as it is."""
        self._file = file
        self._lock = threading.Lock()
        self._seen: deque[tuple[float, int]] = deque()
        self.look()

    def look(self) -> None:
        """Take a look, unless one was taken within the last second."""
        now = time.monotonic()
        with self._lock:
            if self._seen and now - self._seen[-1][0] < EVERY_S:
                return
            self._seen.append((now, self._count()))
            while len(self._seen) > 1 and now - self._seen[1][0] >= RECENT_S:
                self._seen.popleft()

    def explain(self, code: int | None) -> bool:
        """Tell whether an end with this exit code (None: unknown) was the system's, for want of memory."""
        if code not in {None, -signal.SIGKILL}:
            return False
        with self._lock:
            return self._count() > self._seen[0][1]

    def _count(self) -> int:
        """Return how often the system has killed for memory; 0 where it does not tell."""
        try:
            lines = self._file.read_text().splitlines()
        except OSError:
            return 0
        return next((int(line.split()[1]) for line in lines if line.startswith("oom_kill ")), 0)
