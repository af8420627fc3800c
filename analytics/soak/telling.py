"""A soak in words: a line for each look, a table at the end."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.soak.slopes import Look, Verdict

COLUMNS = ("station", "MB", "MB/h", "files", "files/h", "threads", "drift ms/h", "restarts", "reconnects", "dropped")
UNSEEN = "–"


def progress(slug: str, look: Look) -> str:
    """Return one look in a line."""
    if look.pss_mb is None:
        return f"{slug}: not on this machine, or not on air just now"
    return f"{slug}: {look.pss_mb:.1f} MB, {look.descriptors} open files, {look.threads} threads"


def table(verdicts: Sequence[Verdict]) -> list[str]:
    """Return the figures of all stations in lines."""
    rows = [COLUMNS, *(_cells(verdict) for verdict in verdicts)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(COLUMNS))]
    return [
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    ]


def conclusion(verdicts: Sequence[Verdict], hours: float, judged_from: float) -> list[str]:
    """Return what it comes to, in sentences."""
    if not verdicts:
        return ["No station was on air, so there is nothing to tell. Start one: manage.py station start SLUG."]
    bad = [f"{verdict.station}: {', '.join(verdict.over)}." for verdict in verdicts if verdict.over]
    short = [verdict.station for verdict in verdicts if verdict.seconds < judged_from]
    said = bad or [f"All within limits over {hours:.2f} hours."]
    if short:
        named = ", ".join(short)
        said.append(f"Too short to judge growth and drift (it takes {judged_from / 60:.0f} minutes): {named}.")
    return said


def as_json(verdicts: Sequence[Verdict], hours: float) -> dict[str, Any]:
    """Return everything as JSON values."""
    return {
        "hours": round(hours, 3),
        "within_limits": bool(verdicts) and not any(verdict.over for verdict in verdicts),
        "stations": [asdict(verdict) for verdict in verdicts],
    }


def _cells(verdict: Verdict) -> tuple[str, ...]:
    return (
        verdict.station,
        _number(verdict.memory_mb),
        _number(verdict.memory_mb_per_hour, "+.1f"),
        _number(verdict.descriptors, "d"),
        _number(verdict.descriptors_per_hour, "+.1f"),
        _number(verdict.threads, "d"),
        _number(verdict.drift_ms_per_hour, "+.0f"),
        str(verdict.restarts),
        str(verdict.reconnects),
        str(verdict.dropped),
    )


def _number(value: float | None, form: str = ".1f") -> str:
    return UNSEEN if value is None else format(value, form)
