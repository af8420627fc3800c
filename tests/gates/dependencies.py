"""Asks an advisory database about every locked dependency: ``python -m tests.gates.dependencies``.

pip-audit asks OSV (``AUDIT_URL`` names another that speaks its protocol). Three outcomes, none of them silent: all are
without known weaknesses (0), some have one (1), or nobody could be asked (3). The last whole answer is kept; where
there is no network it is told with its age, and counts for the very lock it was given for alone. ``AUDIT=required``
makes 3 a failure.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.txt"
ACCEPTED = Path(__file__).with_name("accepted.txt")
SOUND, WEAK, NOT_ASKED = 0, 1, 3
SECONDS = 300


@dataclass(frozen=True)
class Answer:
    """What the database said, when, and about which lock."""

    lock: str
    at: datetime
    dependencies: list[dict[str, Any]]

    @property
    def weak(self) -> list[str]:
        """A line per known weakness."""
        return [
            f"{one['name']} {one['version']}: {found['id']}, mended in {', '.join(found['fix_versions']) or 'none yet'}"
            for one in self.dependencies
            for found in one.get("vulns", [])
        ]

    @property
    def skipped(self) -> list[str]:
        """The dependencies the database said nothing about."""
        return [one["name"] for one in self.dependencies if "skip_reason" in one]


def main() -> int:
    """Ask, or tell what was last answered; print one sentence and return the outcome."""
    lock = digest(LOCK)
    answer = ask(LOCK)
    if answer is not None:
        keep(answer)
        return tell(answer, "now")
    answer = kept()
    if answer is not None and answer.lock == lock:
        days = (datetime.now(UTC) - answer.at).days
        return tell(answer, f"{days} days ago, because no advisory database could be asked now")
    print(
        "NOT AUDITED: no advisory database could be asked"
        + (", and the lock has changed since the last time." if answer else ", and none ever was from here.")
        + " Whether a dependency has a known weakness is not known."
    )
    return NOT_ASKED


def tell(answer: Answer, when: str) -> int:
    """Say what an answer means."""
    for line in answer.weak:
        print(line)
    if answer.weak:
        print(f"{len(answer.weak)} known weaknesses, asked {when}. Raise the floor in requirements.in and lock anew.")
        return WEAK
    print(f"{len(answer.dependencies)} dependencies have no known weakness, asked {when}.")
    return SOUND


def ask(lock: Path) -> Answer | None:
    """Ask the database about each line of the lock; None if it did not answer for all of them."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "answer.json"
        command = [sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--disable-pip", "--no-deps"]
        command += ["--vulnerability-service", "osv", "--cache-dir", str(Path(folder) / "cache")]
        command += ["--progress-spinner", "off", "--format", "json", "--output", str(out)]
        if url := os.environ.get("AUDIT_URL"):
            command += ["--osv-url", url]
        for number in accepted():
            command += ["--ignore-vuln", number]
        try:
            subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return None
        if not out.exists():
            return None
        answer = Answer(digest(lock), datetime.now(UTC), json.loads(out.read_text(encoding="utf-8"))["dependencies"])
    return answer if answer.dependencies and not answer.skipped else None


def accepted() -> list[str]:
    """Return the weaknesses that do not touch us; each has its reason beside it."""
    lines = ACCEPTED.read_text(encoding="utf-8").splitlines()
    return [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]


def digest(lock: Path) -> str:
    """Return what tells one lock from another."""
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def store() -> Path:
    """Return where the last whole answer is kept."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "longwave" / "audit.json"


def keep(answer: Answer) -> None:
    """Keep an answer for the day there is no network."""
    file = store()
    file.parent.mkdir(parents=True, exist_ok=True)
    kept_as = {"lock": answer.lock, "at": answer.at.isoformat(), "dependencies": answer.dependencies}
    file.write_text(json.dumps(kept_as), encoding="utf-8")


def kept() -> Answer | None:
    """Return the last whole answer; None if there is none that can be read."""
    try:
        found = json.loads(store().read_text(encoding="utf-8"))
        return Answer(found["lock"], datetime.fromisoformat(found["at"]), found["dependencies"])
    except (OSError, ValueError, KeyError):
        return None


if __name__ == "__main__":
    outcome = main()
    sys.exit(WEAK if outcome == NOT_ASKED and os.environ.get("AUDIT") == "required" else outcome)
