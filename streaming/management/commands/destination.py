"""``manage.py destination add|list|test|key|pause|resume|renew|remove``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError

from streaming.management.asking import REFUSED, refusals_as_sentences, station_named, write_json
from streaming.outputs import guard, services
from streaming.outputs.models import Destination
from streaming.outputs.rules import profile_warnings
from streaming.outputs.told import masked, told
from streaming.outputs.trying import try_destination

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.core.management.base import CommandParser

EPILOG = """\
URL is an address (rtmp://, rtmps://, srt://, https://…/out.m3u8) or one of these words:
  youtube, twitch, facebook   the platform's own address       youtube-hls   YouTube by HLS push
  recording                   files on the node's disk         relay         this installation's relay

The key may be the last part of the URL. Better, because other users of the machine see command lines:
  destination add night-fm youtube --key-file key.txt
  echo "$KEY" | destination add night-fm rtmps://a.rtmps.youtube.com:443/live2 --key-file -

An address on this machine or in a private network that is typed here counts as allowed.

exit codes:
  0 done (test: it answers)   1 refused, standard error says why   2 wrong command line   4 no such station
"""
VERBS = "add|list|test|key|pause|resume|renew|remove"
ON_ONE = {
    "test": "connect as far as can be done without the key; publishes nothing",
    "pause": "leave it out until it is resumed; the others are not touched",
    "resume": "send there again",
    "renew": "end its connection and make it anew, now",
    "remove": "forget it and its key",
}


class Command(BaseCommand):
    """Destinations by hand and by script."""

    help = "Adds the addresses a station is sent to, tries them, removes them. Keys are never shown again."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Show the examples as they are written."""
        kwargs |= {"epilog": EPILOG, "formatter_class": argparse.RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar=VERBS)
        _declare_add(verbs.add_parser("add", help="add a destination"))
        listing = verbs.add_parser("list", help="list a station's destinations, how they are and what is wrong")
        listing.add_argument("station", metavar="STATION")
        listing.add_argument("--json", action="store_true", dest="as_json", help="as one JSON document")
        for verb, text in ON_ONE.items():
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
        given: services.Options = {name: options[name] for name in services.EDITABLE if options[name] is not None}  # type: ignore[assignment]  # checked by the service
        if options["passphrase_file"]:
            given["passphrase"] = _read_secret(options["passphrase_file"])
        private = not options["allow_private"] and _lies_inside(options["url"], options["backup_url"])
        if private:
            given["allow_private"] = True
        destination = services.add_destination(
            station=station_named(options["station"]),
            url=options["url"],
            name=options["name"],
            key=_read_secret(options["key_file"]) if options["key_file"] else "",
            **given,
        )
        self.stdout.write(f"Added {destination.name}: {masked(destination)}")
        if private:
            self.stdout.write("It lies on this machine or in a private network; that is allowed, as you typed it here.")
        self._warn([destination])

    def _list(self, options: dict[str, Any]) -> None:
        station = station_named(options["station"])
        rows = list(station.destinations.select_related("station__profile", "station__encoder").order_by("name"))
        if options["as_json"]:
            write_json(self.stdout, [told(row) for row in rows])
            return
        for row in rows:
            facts = told(row)
            self.stdout.write(f"{row.name:<24} {facts['state']:<16} {facts['address']}")
            if facts["error"] and not row.connected:
                self.stdout.write(f"{'':<24} {facts['error']}")
        self._warn(rows)

    def _warn(self, rows: Iterable[Destination]) -> None:
        for row in rows:
            for sentence in profile_warnings(row):
                self.stderr.write(f"{row.name}: {sentence}")

    def _test(self, options: dict[str, Any]) -> None:
        result = try_destination(destination=self._one(options))
        if not result.ok:
            raise CommandError(result.sentence, returncode=REFUSED)
        self.stdout.write(result.sentence)

    def _key(self, options: dict[str, Any]) -> None:
        destination = self._one(options)
        services.set_key(destination=destination, key=_read_secret(options["key_file"]))
        destination.refresh_from_db()
        self.stdout.write(f"{destination.name} has a new key: {masked(destination)}")

    def _pause(self, options: dict[str, Any]) -> None:
        services.set_enabled(destination=self._one(options), enabled=False)
        self.stdout.write(f"{options['name']} is paused.")

    def _resume(self, options: dict[str, Any]) -> None:
        services.set_enabled(destination=self._one(options), enabled=True)
        self.stdout.write(f"{options['name']} is sent to again.")

    def _renew(self, options: dict[str, Any]) -> None:
        services.renew_destination(destination=self._one(options))
        self.stdout.write(f"{options['name']} is connected anew at the next keyframe.")

    def _remove(self, options: dict[str, Any]) -> None:
        services.remove_destination(destination=self._one(options))
        self.stdout.write(f"Removed {options['name']}.")

    def _one(self, options: dict[str, Any]) -> Destination:
        station = station_named(options["station"])
        found = station.destinations.select_related("station__profile").filter(name=options["name"]).first()
        if found is None:
            names = ", ".join(station.destinations.values_list("name", flat=True)) or "none yet"
            raise CommandError(f"{station.slug} has no destination {options['name']!r}. It has: {names}.")
        return found


def _declare_add(add: CommandParser) -> None:
    add.add_argument("station", metavar="STATION")
    add.add_argument("url", metavar="URL", help="an address or a word, see below")
    add.add_argument("--name", default="", help="what to call it; else the platform or host")
    add.add_argument("--key-file", metavar="FILE", help="read the stream key from a file, - is standard input")
    add.add_argument("--passphrase-file", metavar="FILE", help="SRT: read the passphrase from a file")
    add.add_argument("--backup-url", metavar="URL", help="the platform's second ingest, for the same key")
    add.add_argument("--backup", choices=Destination.Backup.values, help="what the second ingest is for")
    add.add_argument("--allow-private", action="store_true", default=None, help="it may lie in a private network")
    add.add_argument("--renew-after", type=int, dest="renew_after_s", metavar="SECONDS", help="connect anew after")
    add.add_argument("--segment", type=int, dest="segment_s", metavar="SECONDS", help="recording: length of a file")
    add.add_argument("--keep-hours", type=int, metavar="HOURS", help="recording: remove files after so long")
    add.add_argument("--to-storage", action="store_true", default=None, help="recording: move files to storage")
    add.add_argument("--via-relay", action="store_true", default=None, help="rtmp://: let the relay send it")


def _lies_inside(*urls: str | None) -> bool:
    """Tell whether an address typed here is known to lie on this machine or in a private network."""
    try:
        hosts = [urlsplit(url).hostname for url in urls if url]
    except ValueError:
        return False  # the service says what is wrong with it
    return any(guard.is_private(host) for host in hosts if host)


def _read_secret(file: str) -> str:
    """Read a secret's one line."""
    if file == "-":
        return sys.stdin.readline().strip()
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"The key file {file} cannot be read: {error}.") from error
