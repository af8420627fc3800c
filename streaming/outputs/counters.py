"""Adds a running encoder's counters to totals that outlive it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

NAMES = {
    "bytes": "bytes_total",
    "reconnects": "reconnects_total",
    "dropped": "dropped_packets_total",
    "renewals": "renewals_total",
}
"""Names in the encoder's statistics, and in the table."""
BACKUP = "backup"


@dataclass(frozen=True)
class Growth:
    """How much to add to each total, and what is in them then."""

    add: dict[str, int]
    counted: dict[str, Any]


def growth(counted: dict[str, Any], run: str, told: dict[str, Any], backup: dict[str, Any] | None = None) -> Growth:
    """Compare what was counted last with what the encoder tells now, of a second connection to the backup ingest too.

    A counter that went back began anew: another run, or the output was taken out and put in again.
    """
    before = counted if counted.get("run") == run else {}
    now = _counts(told)
    add = _grown(before, now)
    known: dict[str, Any] = {"run": run, **now}
    if backup is not None:
        known[BACKUP] = _counts(backup)
        more = _grown(before.get(BACKUP) or {}, known[BACKUP])
        add = {name: count + more[name] for name, count in add.items()}
    return Growth(add=add, counted=known)


def _counts(told: dict[str, Any]) -> dict[str, int]:
    return {name: max(0, int(told.get(name) or 0)) for name in NAMES}


def _grown(before: dict[str, Any], now: dict[str, int]) -> dict[str, int]:
    known = {name: int(before.get(name) or 0) for name in NAMES}
    return {NAMES[n]: value - known[n] if value >= known[n] else value for n, value in now.items()}
