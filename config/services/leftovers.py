"""Recognises what an earlier ``up`` left running: each child has a pid file that also says when it started.

A pid alone is not enough, since the system gives the number to someone else later.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

PROC = Path("/proc/self/stat").exists()  # Linux; elsewhere ps is asked
PATIENCE = 5.0  # seconds for a left-over to end by itself before it is killed


def identity(pid: int) -> str | None:
    """Return what tells this process from any other that had or will have its pid; None when it is gone."""
    if PROC:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return None
        # The second field is the name in brackets and may hold anything; state is field 3, the start time 22.
        fields = stat.rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return None if fields[0] in "ZX" else f"{boot} {fields[19]}"
    return _ps(pid, "lstart") or None


def command_line(pid: int) -> list[str]:
    """Return the process's arguments; empty when it is gone or its arguments are hidden."""
    if PROC:
        try:
            raw = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return []
        return [os.fsdecode(part) for part in raw.split(b"\0") if part]
    return _ps(pid, "command").split()


def note(file: Path, pid: int, how: signal.Signals) -> None:
    """Write the pid file of a child of ours; ``how`` is the signal that ends it when we no longer can."""
    file.parent.mkdir(mode=0o700, exist_ok=True)
    file.write_text(json.dumps({"pid": pid, "identity": identity(pid), "signal": int(how)}), encoding="utf-8")


def end_leftovers(folder: Path) -> list[str]:
    """End every process that a pid file in the folder describes, and remove the files; return their names.

    Of a leader that has ended already its group may still live, such as a worker's pool in the middle of a task; the
    system gives the number to nobody else as long as it does.
    """
    found = {file: pid for file in sorted(folder.glob("*.pid")) if (pid := _living(file)) is not None}
    for file, pid in found.items():
        send(pid, signal.Signals(json.loads(file.read_text(encoding="utf-8"))["signal"]))
    end(found.values())
    for file in folder.glob("*.pid"):
        if (pid := _noted(file)) is not None and identity(pid) is None:
            kill_group(pid)
        file.unlink()
    return [file.stem for file in found]


def end(pids: Iterable[int]) -> None:
    """Wait until the processes have ended; kill those that take too long, with their process groups."""
    deadline = time.monotonic() + PATIENCE
    for pid in pids:
        if not gone(pid, deadline - time.monotonic()):
            send(pid, signal.SIGKILL)
            kill_group(pid)
            gone(pid, PATIENCE)


def gone(pid: int, within: float) -> bool:
    """Whether a process that is no child of ours ends within so many seconds.

    The system tells only parents, so this looks every 20 ms; Linux's pidfd would, macOS has none.
    """
    deadline = time.monotonic() + within
    while identity(pid) is not None:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def send(pid: int, how: signal.Signals) -> None:
    """Send a signal to a process that may have ended already."""
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        return


def kill_group(pid: int) -> None:
    """Kill the process group this process leads; encoders lead sessions of their own and are not in it."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return  # nobody is left in it, or nobody of ours


def _living(file: Path) -> int | None:
    pid = _noted(file)
    if pid is None:
        return None
    known = json.loads(file.read_text(encoding="utf-8")).get("identity")
    return pid if known and identity(pid) == known else None


def _noted(file: Path) -> int | None:
    try:
        return int(json.loads(file.read_text(encoding="utf-8"))["pid"])
    except (ValueError, KeyError, TypeError):
        return None  # half written when the power went: that process is gone too


def _ps(pid: int, column: str) -> str:
    done = subprocess.run(["/bin/ps", "-o", f"{column}=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return done.stdout.strip()
