"""Restarts our own processes one after another while stations stay on air: for new code and new settings.

``up`` does it when it is sent SIGUSR1, which ``manage.py up --restart`` does; what came of it is told in a file.
PostgreSQL, Valkey, the ingest server, the encoders and ``up`` itself go on as they are.
"""

from __future__ import annotations

import json
import os
import signal
import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from config.services.lock import running_owner
from config.services.problems import StartError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from config.lib.places import Places
    from config.services.console import Console
    from config.services.supervisor import Supervisor

ORDER = ("web", "worker", "beat", "node")
PATIENCE = 60.0
LONGEST = 600.0


@dataclass
class Report:
    """What a restart came to: ``seconds`` without a ready process by part, ``error`` is empty if all went well."""

    began: float
    ended: float = 0.0
    seconds: dict[str, float] = field(default_factory=dict)
    error: str = ""


def roll(supervisor: Supervisor, console: Console, places: Places, prepare: Callable[[], object]) -> Report:
    """Restart everything of ours, and tell how it went; what does not come up stops the rest from being touched.

    1. Bring the database up to date with the code there is now. If that fails, nothing is restarted.
    2. Each part in order: end it, start it, wait until it is ready.
    3. Write the report.

    Raises:
        StopRequested: someone asked ``up`` to stop meanwhile.

    """
    report = Report(began=time.time())
    console.say("Restarting web, worker, beat and node, one after another; stations stay on air")
    try:
        prepare()
    except StartError as error:
        report.error = f"Nothing was restarted: {error}"
    for name in ORDER if not report.error else ():
        seconds = supervisor.renew(name, patience=PATIENCE)
        if seconds is None:
            report.error = f"{name} is not ready {PATIENCE:g} s after its restart; what comes after it was left alone."
            break
        report.seconds[name] = round(seconds, 2)
    report.ended = time.time()
    console.say(report.error or f"Restarted: {_in_words(report)}")
    _write(_file(places), report)
    return report


def ask(places: Places, tell: Callable[[str], object]) -> int:
    """Have the running ``up`` of this home restart its parts, and wait for it; returns the exit code."""
    pid = running_owner(places.home)
    if pid is None:
        tell("Longwave does not run in this home: there is nothing to restart. Start it with bin/up.")
        return 1
    began = time.time()
    os.kill(pid, signal.SIGUSR1)
    tell("Restarting web, worker, beat and node, one after another; stations stay on air …")
    report = _await(places, pid, began)
    if report is None:
        tell("It ended, or does not answer. See its log.")
        return 1
    tell(report.error or f"Restarted: {_in_words(report)}")
    return 1 if report.error else 0


def _await(places: Places, pid: int, began: float) -> Report | None:
    while time.time() - began < LONGEST and running_owner(places.home) == pid:
        report = _read(_file(places))
        if report is not None and report.ended >= began:
            return report
        time.sleep(0.2)  # another process's file: nobody wakes us
    return None


def _in_words(report: Report) -> str:
    return ", ".join(f"{name} in {seconds:.1f} s" for name, seconds in report.seconds.items())


def _file(places: Places) -> Path:
    return places.run / "restart.json"


def _write(file: Path, report: Report) -> None:
    new = file.with_suffix(".new")
    new.write_text(json.dumps(asdict(report)), encoding="utf-8")
    new.replace(file)


def _read(file: Path) -> Report | None:
    try:
        return Report(**json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
