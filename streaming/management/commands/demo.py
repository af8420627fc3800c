"""``manage.py demo``: the station that is there from the first start on."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from streaming.stations.demo import ensure_demo_station


class Command(BaseCommand):
    """The demo station."""

    help = (
        "Makes the station 'demo' and puts it on air: three short tracks and three loops, all made here. "
        "Run again it changes nothing. Exit code 0."
    )

    def handle(self, *_: Any, **__: Any) -> None:
        """Make it if it is not there."""
        station = ensure_demo_station(self.stdout.write)
        self.stdout.write(f"Station {station.slug} is there: {station.name}.")
