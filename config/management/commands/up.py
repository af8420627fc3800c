"""``manage.py up``: the whole radio on this machine."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from config import home
from config.services import rolling
from config.services.up import main

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Start PostgreSQL, Valkey, web, worker, beat and node; manage.py takes a shorter way to the same place."""

    help = (
        "Starts everything on this machine and stays in the foreground; Ctrl-C stops all of it. With --restart: has "
        "the one that runs restart its parts, for new code or settings, while stations stay on air."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the option."""
        parser.add_argument(
            "--restart",
            action="store_true",
            help="migrate, then restart web, worker, beat and node of the running installation, one after another",
        )

    def handle(self, *_args: Any, restart: bool, **_options: Any) -> None:
        """Run until asked to stop, or ask the one that runs to restart its parts."""
        sys.exit(rolling.ask(home.places(), self.stdout.write) if restart else main())
