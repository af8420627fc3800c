"""The one clock by which leases are judged: it never jumps, and goes on while the machine sleeps.

A clock that shows the time of day may be set while anybody looks at it, on this machine or on the database's; so none
is asked. Each machine measures with its own, and only how much time passed is compared.
"""

from __future__ import annotations

import time

CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def now() -> float:
    """Return seconds since this machine started."""
    return time.clock_gettime(CLOCK)
