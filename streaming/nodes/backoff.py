"""How long to wait before the next try: doubling, bounded. Pure."""

from __future__ import annotations

FIRST = 0.5
LIMIT = 30.0


def delay(failures: int) -> float:
    """Return the seconds to wait after this many failures in a row: 0.5, 1, 2, 4 … 30."""
    if failures <= 0:
        return 0.0
    return min(LIMIT, FIRST * 2.0 ** min(failures - 1, 16))
