"""``manage.py up``: the whole radio on this machine."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from config.services.up import main


class Command(BaseCommand):
    """Start PostgreSQL, Valkey, web, worker, beat and node; manage.py takes a shorter way to the same place."""

    help = "Starts everything on this machine and stays in the foreground; Ctrl-C stops all of it."
    requires_system_checks = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run until asked to stop."""
        sys.exit(main())
