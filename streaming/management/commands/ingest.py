"""``manage.py ingest config|key``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from streaming.ingest import nginx, services
from streaming.management.asking import refusals_as_sentences, station_named

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

OFF = "Takeovers are off: set INGEST_URL, for example rtmp://radio.example.org:1935/ingest."


class Command(BaseCommand):
    """The ingest server's configuration, and presenters' keys."""

    help = "Writes the configuration of the server that presenters publish to, and makes presenters' keys."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="config|key")
        config = verbs.add_parser("config", help="write nginx's configuration; it holds a secret")
        config.add_argument("--output", type=Path, metavar="FILE", help="where to; default: standard output")
        config.add_argument("--folder", type=Path, metavar="DIR", help="nginx's own folder; default: in the home")
        config.add_argument("--module", type=Path, metavar="FILE", help="where nginx has its RTMP module")
        key = verbs.add_parser("key", help="make a presenter's key and print it, this once")
        key.add_argument("slug", metavar="STATION", help="the station that may be taken over with it")
        key.add_argument("name", metavar="PRESENTER", help="whose key it is")

    @refusals_as_sentences
    def handle(self, *_: Any, verb: str, **options: Any) -> None:
        """Do what the verb says."""
        getattr(self, f"_{verb}")(options)

    def _config(self, options: dict[str, Any]) -> None:
        if not settings.INGEST.url:
            raise CommandError(OFF)
        folder = options["folder"] or settings.PLACES.run / "ingest"
        text = nginx.render(nginx.server_for(settings.INGEST, folder=folder, module=options["module"]))
        if options["output"] is None:
            self.stdout.write(text, ending="")
            return
        nginx.write(options["output"], text)
        self.stdout.write(f"Wrote {options['output']}; it holds a secret and is readable by its owner only.")

    def _key(self, options: dict[str, Any]) -> None:
        station = station_named(options["slug"])
        _, key = services.create_presenter_key(station=station, name=options["name"], created_by=None)
        self.stdout.write(f"Server: {settings.INGEST.url or OFF}")
        self.stdout.write(f"Stream key, shown this once: {key}")
