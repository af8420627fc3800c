"""What fault tests measured: a line of JSON for each figure, which the table is made of.

A test says ``figures("T05", "memory grew by", 3.2, "MB", at_most=20)``. The figure is printed and kept, and a test that
has said one that does not hold has failed when it ends. A test that breaks before it said any is kept as failed too.
"""

from __future__ import annotations

import functools
import json
import os
import platform
import re
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]
LINES = ROOT / ".pytest_cache" / "faults.jsonl"
NUMBER = re.compile(r"test_(t\d\d)_")


@functools.cache
def this_machine() -> str:
    """Name what the figures were measured on."""
    memory = psutil.virtual_memory().total / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, Linux {platform.release().split('-')[0]}"


@functools.cache
def this_commit() -> str:
    """Return the short name of the commit that was tested; empty where there is no repository."""
    done = subprocess.run(
        ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"],  # noqa: S607 - the developer's own git
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip()


@dataclass(frozen=True)
class Figure:
    """One figure of one run of one test."""

    id: str
    fault: str
    figure: float | None
    unit: str
    limit: str
    passed: bool
    test: str
    run: str
    date: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    machine: str = field(default_factory=this_machine)
    commit: str = field(default_factory=this_commit)

    def sentence(self) -> str:
        """The figure as it is printed while the tests run."""
        value = "" if self.figure is None else f" {self.figure:g} {self.unit}".rstrip()
        return f"{self.id} {self.fault}:{value} ({self.limit}): {'passed' if self.passed else 'FAILED'}"


class Figures:
    """Takes the figures of one test."""

    def __init__(self, test: str) -> None:
        """Name the test by its place, as pytest does."""
        self._test = test
        self._run = datetime.now(UTC).isoformat()
        self.taken: list[Figure] = []

    def __call__(
        self,
        number: str,
        fault: str,
        figure: float,
        unit: str = "",
        *,
        at_most: float | None = None,
        at_least: float | None = None,
        exactly: float | None = None,
    ) -> None:
        """Keep a figure with what it has to be; one limit at least is given."""
        limits = {"≤": at_most, "≥": at_least, "=": exactly}
        given = [f"{sign} {limit:g} {unit}".rstrip() for sign, limit in limits.items() if limit is not None]
        if not given:
            raise TypeError("A figure without a limit shows nothing.")
        passed = (
            (at_most is None or figure <= at_most)
            and (at_least is None or figure >= at_least)
            and (exactly is None or figure == exactly)
        )
        self._keep(
            Figure(number, fault, round(float(figure), 3), unit, ", ".join(given), bool(passed), self._test, self._run)
        )

    def broke(self, number: str, reason: str) -> None:
        """Keep that the test failed for another reason than a figure."""
        self._keep(Figure(number, reason, None, "", "the test runs through", False, self._test, self._run))

    @property
    def failed(self) -> list[str]:
        """The sentences of what does not hold."""
        return [figure.sentence() for figure in self.taken if not figure.passed]

    def _keep(self, figure: Figure) -> None:
        self.taken.append(figure)
        sys.stdout.write(f"\n{figure.sentence()}\n")
        LINES.parent.mkdir(exist_ok=True)
        with LINES.open("a") as file:
            file.write(json.dumps(asdict(figure), ensure_ascii=False) + "\n")


def last_figures() -> list[dict[str, Any]]:
    """Return the figures of each test's last run, by number; tests that are no more are left out."""
    if not LINES.exists():
        return []
    runs: dict[str, list[dict[str, Any]]] = {}
    for line in LINES.read_text().splitlines():
        figure = json.loads(line)
        kept = runs.setdefault(figure["test"], [])
        if kept and kept[0]["run"] != figure["run"]:
            kept.clear()
        kept.append(figure)
    return sorted(
        (one for kept in runs.values() for one in kept if _exists(one["test"])), key=lambda one: str(one["id"])
    )


def _exists(test: str) -> bool:
    file, _, name = test.partition("::")
    path = ROOT / file
    return path.exists() and f"def {name.partition('[')[0]}(" in path.read_text()
