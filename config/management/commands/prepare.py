"""``manage.py prepare``: what must be done once after an install or an update, safe to repeat."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from django.core.checks import Tags
from django.core.management.base import BaseCommand

from accounts.keys import signing
from config import installation

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Bring the database up to date, collect static files, make the first account and the slate."""

    help = "Migrates the database, collects static files if they changed, makes the first account and the slate."
    # Contradictions in the settings; checks of code need every URL loaded, half a second at each start, and are the
    # suite's business.
    requires_system_checks = ["longwave", Tags.caches, Tags.files, Tags.security]

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take where to write what was done."""
        parser.add_argument("--report-to", type=int, help="write the report as JSON to this file descriptor")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it, and say what a person needs to know."""
        installation.check_reachable()
        installation.migrate()
        installation.collect_static()
        signing.ensure()
        account = installation.make_first_account()
        if installation.lacks_slate():
            self.stdout.write("Drawing the slate, the picture that is always there; this happens once")
            installation.make_slate()
        if options["report_to"] is None:
            self._say(account)
            return
        report = {"demo": installation.wants_demo(), **(account or {})}
        with os.fdopen(options["report_to"], "w", encoding="utf-8") as out:
            json.dump(report, out)

    def _say(self, account: dict[str, str] | None) -> None:
        if account is not None:
            words = "Sign in at /admin/ as {email} with the password {password} (shown this once)."
            self.stdout.write(words.format(**account))
