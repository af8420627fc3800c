"""Prints the table of faults from what the tests measured last, as Markdown.

python -m tests.faults.table [--short] [--run] [--long]
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

from tests.faults.catalogue import FAULTS
from tests.faults.report import ROOT, last_figures

UNTOUCHED = re.compile(r"largest step|steps back|skew|two publishers|longest black-out|descriptors|open files|jumps in")
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


def short_table(figures: Iterable[dict[str, Any]]) -> str:
    """Return the table with a row for each fault: what it cost, and how many of its figures hold.

    That what has to stay untouched did is counted and not told.
    """
    taken = list(figures)
    rows = [("", "fault", "what it cost", "hold"), ("---",) * 4]
    for number, fault in FAULTS.items():
        mine = [figure for figure in taken if figure["id"] == number]
        held = f"{sum(figure['passed'] for figure in mine)} of {len(mine)}" if mine else "–"
        told = [figure for figure in mine if not figure["passed"] or not UNTOUCHED.search(figure["fault"])]
        rows.append((number, fault, "; ".join(dict.fromkeys(map(_phrase, told))) or "not measured", held))
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _phrase(figure: dict[str, Any]) -> str:
    _, value, limit, verdict = _row(figure)
    return f"{figure['fault'].replace('|', '/')} {value} ({limit})" + ("" if verdict == "passed" else f" {verdict}")


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
    parser.add_argument("--short", action="store_true", help="a row for each fault")
    parser.add_argument("--run", action="store_true", help="run the short tests first")
    parser.add_argument("--long", action="store_true", help="run the long tests first, too")
    given = parser.parse_args()
    for mark in ["not long"] * (given.run or given.long) + ["long"] * given.long:
        subprocess.run([sys.executable, "-m", "pytest", "tests/faults", "-m", mark], cwd=ROOT, check=False)
    figures = last_figures()
    shown = short_table(figures) if given.short else table(figures)
    sys.stdout.write(f"{shown}\n\n{summary(figures)}\n")
    return 0 if figures and all(figure["passed"] for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
