"""Adds a running encoder's counters to totals that outlive it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

NAMES = {"bytes": "bytes_total", "reconnects": "reconnects_total", "dropped": "dropped_packets_total"}
"""Names in the encoder's statistics, and in the table."""


@dataclass(frozen=True)
class Growth:
    """How much to add to each total, and what is in them then."""

    add: dict[str, int]
    counted: dict[str, Any]


def growth(counted: dict[str, Any], run: str, told: dict[str, Any]) -> Growth:
    """Compare what was counted last with what the encoder tells now.

    A counter that went back began anew: another run, or the output was taken out and put in again.
    """
    before = counted if counted.get("run") == run else {}
    now = {name: max(0, int(told.get(name) or 0)) for name in NAMES}
    add = {}
    for name, value in now.items():
        known = int(before.get(name) or 0)
        add[NAMES[name]] = value - known if value >= known else value
    return Growth(add=add, counted={"run": run, **now})
