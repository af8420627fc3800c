"""``manage.py track add|list``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from catalog.music.services import take_in_track
from streaming.management.asking import REFUSED, refusals_as_sentences, station_named, write_json
from streaming.stations.services import set_playlist

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

    from catalog.music.models import Track
    from streaming.stations.models import Station

EPILOG = """\
examples:
  track add vinyl side-a/*.flac
  track list vinyl --json

Artist and title come from the files' tags. A file that is in the catalogue already is not stored again.

exit codes:
  0 done   1 a file was refused, standard error says why; those before it were added   2 wrong command line
  4 no such station
"""


class Command(BaseCommand):
    """A playlist station's tracks by hand and by script."""

    help = "Takes recordings (MP3, FLAC, M4A, Ogg) into the catalogue and appends them to a station's playlist."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Show the examples as they are written."""
        kwargs |= {"epilog": EPILOG, "formatter_class": argparse.RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="add|list")
        add = verbs.add_parser("add", help="append files to the playlist")
        add.add_argument("station", metavar="STATION")
        add.add_argument("files", metavar="FILE", nargs="+", type=Path)
        listing = verbs.add_parser("list", help="list the playlist")
        listing.add_argument("station", metavar="STATION")
        listing.add_argument("--json", action="store_true", dest="as_json", help="as one JSON document")

    @refusals_as_sentences
    def handle(self, *_: Any, verb: str, **options: Any) -> None:
        """Do what the verb says."""
        getattr(self, f"_{verb}")(options)

    def _add(self, options: dict[str, Any]) -> None:
        station = station_named(options["station"])
        for file in options["files"]:
            if not file.is_file():
                raise CommandError(f"{file} is not a file.", returncode=REFUSED)
            track = take_in_track(path=file, original_name=file.name)
            set_playlist(station=station, tracks=[*_playlist(station), track])
            self.stdout.write(f"Added {track}")

    def _list(self, options: dict[str, Any]) -> None:
        tracks = _playlist(station_named(options["station"]))
        if options["as_json"]:
            rows = [{"artist": t.artist, "title": t.title, "duration_ms": t.duration_ms} for t in tracks]
            write_json(self.stdout, rows)
            return
        for place, track in enumerate(tracks, 1):
            self.stdout.write(f"{place:>4}  {track}")


def _playlist(station: Station) -> list[Track]:
    return [entry.track for entry in station.playlist.select_related("track").order_by("position", "id")]
