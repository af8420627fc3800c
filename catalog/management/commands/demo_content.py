"""Makes the demo station's loops and tracks, or finds them."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.visuals import services
from catalog.visuals.demo import make_demo_content
from catalog.visuals.models import EncodingProfile, Rendition


class Command(BaseCommand):
    """``manage.py demo_content [--profile NAME]``."""

    help = "Make the demo loops and tracks; with --profile also compile the loops and the slate."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the profile."""
        parser.add_argument("--profile", default="", help="an encoding profile to compile for, for example 720p30")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make, compile, and say how long it took."""
        start = time.monotonic()
        profile = self._profile(options["profile"])
        tracks, loops = make_demo_content(self._say)
        if profile:
            services.slate_rendition(profile=profile)
            for loop in loops:
                self._say(f"Compiling “{loop.name}” for {profile.name}")
                rendition = services.compile_now(loop=loop, profile=profile)
                if rendition.status != Rendition.Status.READY:
                    raise CommandError(f"“{loop.name}” could not be compiled: {rendition.reason}")
        self._say(f"{len(tracks)} tracks and {len(loops)} loops are there ({time.monotonic() - start:.1f} s).")

    def _profile(self, name: str) -> EncodingProfile | None:
        if not name:
            return None
        try:
            return EncodingProfile.objects.get(pk=name)
        except EncodingProfile.DoesNotExist as error:
            known = ", ".join(EncodingProfile.objects.values_list("name", flat=True))
            raise CommandError(f"There is no profile {name}. Use one of: {known}.") from error

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
