"""``manage.py destination add|list|test|key|remove``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from streaming.management.asking import REFUSED, refusals_as_sentences, station_named, write_json
from streaming.outputs import services

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

    from streaming.outputs.models import Destination

EPILOG = """\
The key may be the last part of the URL. Better, because other users of the machine see command lines:
  destination add night-fm youtube --key-file key.txt
  echo "$KEY" | destination add night-fm rtmps://a.rtmps.youtube.com:443/live2 --key-file -

exit codes:
  0 done (test: it answers)   1 refused, standard error says why   2 wrong command line   4 no such station
"""


class Command(BaseCommand):
    """Destinations by hand and by script."""

    help = "Adds the addresses a station is sent to, tries them, removes them. Keys are never shown again."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Show the examples as they are written."""
        kwargs |= {"epilog": EPILOG, "formatter_class": argparse.RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="add|list|test|key|remove")
        add = verbs.add_parser("add", help="add a destination")
        add.add_argument("station", metavar="STATION")
        add.add_argument("url", metavar="URL", help="rtmp://, rtmps://, or youtube, twitch, facebook")
        add.add_argument("--name", default="", help="what to call it; else the platform or host")
        add.add_argument("--key-file", metavar="FILE", help="read the stream key from a file, - is standard input")
        listing = verbs.add_parser("list", help="list a station's destinations")
        listing.add_argument("station", metavar="STATION")
        listing.add_argument("--json", action="store_true", dest="as_json", help="as one JSON document")
        for verb, text in (("test", "connect and shake hands; publishes nothing"), ("remove", "forget it and its key")):
            one = verbs.add_parser(verb, help=text)
            one.add_argument("station", metavar="STATION")
            one.add_argument("name", metavar="NAME")
        key = verbs.add_parser("key", help="replace the stream key")
        key.add_argument("station", metavar="STATION")
        key.add_argument("name", metavar="NAME")
        key.add_argument("--key-file", metavar="FILE", default="-", help="default: standard input")

    @refusals_as_sentences
    def handle(self, *_: Any, verb: str, **options: Any) -> None:
        """Do what the verb says."""
        getattr(self, f"_{verb}")(options)

    def _add(self, options: dict[str, Any]) -> None:
        destination = services.add_destination(
            station=station_named(options["station"]),
            url=options["url"],
            name=options["name"],
            key=_read_key(options["key_file"]) if options["key_file"] else "",
        )
        self.stdout.write(f"Added {destination.name}: {_masked(destination)}")

    def _list(self, options: dict[str, Any]) -> None:
        destinations = station_named(options["station"]).destinations.order_by("name")
        if options["as_json"]:
            write_json(
                self.stdout,
                [{"name": d.name, "address": _masked(d), "connected": d.connected} for d in destinations],
            )
            return
        for destination in destinations:
            state = "connected" if destination.connected else "not connected"
            self.stdout.write(f"{destination.name:<24} {state:<14} {_masked(destination)}")

    def _test(self, options: dict[str, Any]) -> None:
        result = services.test_destination(destination=self._one(options))
        if not result.ok:
            raise CommandError(result.sentence, returncode=REFUSED)
        self.stdout.write(result.sentence)

    def _key(self, options: dict[str, Any]) -> None:
        destination = self._one(options)
        services.set_key(destination=destination, key=_read_key(options["key_file"]))
        self.stdout.write(f"{destination.name} has a new key: {_masked(destination)}")

    def _remove(self, options: dict[str, Any]) -> None:
        destination = self._one(options)
        services.remove_destination(destination=destination)
        self.stdout.write(f"Removed {options['name']}.")

    def _one(self, options: dict[str, Any]) -> Destination:
        station = station_named(options["station"])
        found = station.destinations.filter(name=options["name"]).first()
        if found is None:
            names = ", ".join(station.destinations.values_list("name", flat=True)) or "none yet"
            raise CommandError(f"{station.slug} has no destination {options['name']!r}. It has: {names}.")
        return found


def _read_key(file: str) -> str:
    """Read a key's one line."""
    if file == "-":
        return sys.stdin.readline().strip()
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"The key file {file} cannot be read: {error}.") from error


def _masked(destination: Destination) -> str:
    return f"{destination.url}/••••{destination.key_hint}"
