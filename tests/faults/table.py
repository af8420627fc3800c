"""Prints the table of faults from what the tests measured last, as Markdown.

python -m tests.faults.table [--run] [--long]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

from tests.faults.catalogue import FAULTS
from tests.faults.report import ROOT, last_figures

HEAD = ("", "fault", "measured", "figure", "has to be", "")


def table(figures: Iterable[dict[str, Any]]) -> str:
    """Return the table: for each fault its figures, or that there is none."""
    taken = list(figures)
    rows = [HEAD, ("---",) * len(HEAD)]
    for number, fault in FAULTS.items():
        mine = [_row(figure) for figure in taken if figure["id"] == number]
        rows += [
            (number if first else "", fault if first else "", *row)
            for first, row in ((place == 0, row) for place, row in enumerate(mine or [("not measured", "", "", "")]))
        ]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def summary(figures: Iterable[dict[str, Any]]) -> str:
    """Return one sentence: how many figures hold, when and on what they were measured."""
    taken = list(figures)
    if not taken:
        return "Nothing has been measured yet: run bin/test tests/faults."
    dates = sorted(figure["date"][:10] for figure in taken)
    days = dates[0] if dates[0] == dates[-1] else f"{dates[0]} to {dates[-1]}"
    held = sum(figure["passed"] for figure in taken)
    machines = " and ".join(sorted({figure["machine"] for figure in taken}))
    covered = len({figure["id"] for figure in taken} & FAULTS.keys())
    return f"{held} of {len(taken)} figures hold, over {covered} of {len(FAULTS)} faults; {days}, {machines}."


def _row(figure: dict[str, Any]) -> tuple[str, ...]:
    value = "–" if figure["figure"] is None else f"{figure['figure']:g} {figure['unit']}".rstrip()
    return figure["fault"].replace("|", "/"), value, figure["limit"], "passed" if figure["passed"] else "**failed**"


def main() -> int:
    """Run the tests if asked to; print the table. Exit code 1 when a figure does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", action="store_true", help="run the short tests first")
    parser.add_argument("--long", action="store_true", help="run the long tests first, too")
    given = parser.parse_args()
    for mark in ["not long"] * (given.run or given.long) + ["long"] * given.long:
        subprocess.run([sys.executable, "-m", "pytest", "tests/faults", "-m", mark], cwd=ROOT, check=False)
    figures = last_figures()
    sys.stdout.write(f"{table(figures)}\n\n{summary(figures)}\n")
    return 0 if figures and all(figure["passed"] for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
