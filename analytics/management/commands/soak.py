"""``manage.py soak``."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from analytics.soak import telling
from analytics.soak.looking import look, rows
from analytics.soak.slopes import JUDGED_FROM_S, Limits, Look, judge
from config.lib.deadline import DatabaseAwayError

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

EPILOG = """\
Memory is what the encoder and its children take, with their part of what they share (PSS). Its growth is that of the
encoder alone, of what it shares with nobody (USS); so are open files and threads. Restarts, reconnects and dropped
packets come from the records. Drift is media time against the wall clock: a radio's own clock shows in it, so set
--drift to what yours may have. Slopes are by least squares, without the first tenth; those of memory and files through
the lowest figures of each tenth, because what is coded comes and goes.
It only looks: stations that are on air stay as they are. Ctrl-C ends it early, with the table.

exit codes:
  0 within limits   1 something is over its limit, or nothing was on air   2 wrong command line
"""


class Command(BaseCommand):
    """Looks at the encoders on air for hours."""

    help = "Watches the stations on air for hours and tells what grows: memory, open files, drift, restarts."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say how long, how often, and what is allowed."""
        parser.epilog = EPILOG
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
        parser.add_argument("stations", nargs="*", metavar="STATION", help="short names; without any: all on air")
        parser.add_argument("--hours", type=_positive, default=24.0, help="how long (24)")
        parser.add_argument("--every", type=_positive, default=60.0, metavar="SECONDS", help="between looks (60)")
        parser.add_argument("--memory", type=float, default=Limits.memory_mb, metavar="MB", help="an hour, at most (1)")
        parser.add_argument("--files", type=float, default=Limits.descriptors, help="an hour, at most (1)")
        parser.add_argument("--drift", type=float, default=Limits.drift_ms, metavar="MS", help="an hour, at most (500)")
        parser.add_argument("--restarts", type=int, default=Limits.restarts, help="in all, at most (0)")
        parser.add_argument("--json", action="store_true", help="at the end one JSON object instead of the table")

    def handle(self, *_: Any, **options: Any) -> None:
        """Look until time is up or somebody interrupts; then tell."""
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        began = time.monotonic()
        looks = self._watch(options, stop, began + options["hours"] * 3600)
        hours = (time.monotonic() - began) / 3600
        limits = Limits(options["memory"], options["files"], options["drift"], options["restarts"])
        verdicts = [judge(slug, seen, limits) for slug, seen in sorted(looks.items())]
        if options["json"]:
            self.stdout.write(json.dumps(telling.as_json(verdicts, hours)))
        else:
            for line in [*telling.table(verdicts), "", *telling.conclusion(verdicts, hours, JUDGED_FROM_S)]:
                self.stdout.write(line)
        if not verdicts or any(verdict.over for verdict in verdicts):
            sys.exit(1)

    def _watch(self, options: dict[str, Any], stop: threading.Event, end: float) -> dict[str, list[Look]]:
        """Take looks at every station, until the end."""
        looks: dict[str, list[Look]] = {}
        due = time.monotonic()
        self._check_names(options["stations"])
        while True:
            self._look(options["stations"], looks)
            due = max(due + options["every"], time.monotonic())
            if stop.wait(max(0.0, min(due, end) - time.monotonic())) or time.monotonic() >= end:
                self._look(options["stations"], looks)
                return looks

    def _look(self, slugs: list[str], looks: dict[str, list[Look]]) -> None:
        try:
            found = rows(slugs)
        except DatabaseAwayError as error:
            self.stderr.write(f"{error} This look is left out; the stations need no database.")
            return
        for row in found:
            seen = look(row)
            looks.setdefault(row.slug, []).append(seen)
            self.stderr.write(telling.progress(row.slug, seen))

    def _check_names(self, slugs: list[str]) -> None:
        try:
            known = {row.slug for row in rows(slugs)}
        except DatabaseAwayError as error:
            raise CommandError(f"{error} Start the services first: bin/up.") from error
        if unknown := [slug for slug in slugs if slug not in known]:
            raise CommandError(f"Not on air: {', '.join(unknown)}. manage.py station status shows which are.")


def _positive(value: str) -> float:
    number = float(value)
    if number <= 0:
        raise argparse.ArgumentTypeError("must be more than 0")
    return number
