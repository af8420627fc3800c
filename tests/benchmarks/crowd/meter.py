"""What processes cost, from the kernel's own books."""

from __future__ import annotations

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def seconds(pid: int) -> tuple[float, float]:
    """Return (user, system) seconds of a process, of those of its children that live and of those that ended."""
    user = system = 0.0
    for member in family(pid):
        fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        user += (int(fields[11]) + int(fields[13])) / TICKS
        system += (int(fields[12]) + int(fields[14])) / TICKS
    return user, system


def proportional_mb(pid: int) -> float:
    """Return the proportional set size (MiB): memory that processes share is counted once among them."""
    kilobytes = 0
    for member in family(pid):
        for line in Path(f"/proc/{member}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                kilobytes += int(line.split()[1])
    return kilobytes / 1024


def resident_mb(pid: int) -> float:
    """Return the resident set size (MiB)."""
    return (
        sum(int(Path(f"/proc/{m}/statm").read_text().split()[1]) for m in family(pid))
        * os.sysconf("SC_PAGE_SIZE")
        / 2**20
    )


def switches(pid: int) -> int:
    """Return how often threads of a process were switched to."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        lines = (task / "status").read_text().splitlines()
        total += sum(int(line.split()[1]) for line in lines if "ctxt_switches" in line)
    return total


def family(pid: int) -> list[int]:
    """Return a process and its children."""
    children = [
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]
    return [pid, *(member for child in children for member in family(child))]
