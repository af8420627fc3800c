"""``manage.py loop add``."""

from __future__ import annotations

import argparse
import threading
import time
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from catalog.models import Loop, Rendition
from catalog.visuals.services import (
    compile_rendition,
    request_rendition,
    retry_rendition,
    take_in,
    watch_rendition,
)
from streaming.cues.services import map_track, set_default_loop
from streaming.management.asking import REFUSED, refusals_as_sentences, station_named, write_json

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

    from streaming.stations.models import Station

EPILOG = """\
examples:
  loop add night-fm rain.mp4 --default
  loop add night-fm river.mov --artist "Chet Porter" --title "Aluko River"
  loop add night-fm fox.webm --artist "Koan Sound" --title "Sly Fox" --song-id 6f75eb1a3c1f5a9f2b63b3a9f0d1b2c3

The loop is checked, kept and compiled for the station; the command ends when it is ready to be shown. With a title it
is shown whenever that track plays, with --default for every track that has no loop of its own, with neither it is only
in the catalogue. Ctrl-C stops the waiting, not the work: a worker goes on.

exit codes:
  0 ready   1 the file was refused or could not be compiled, standard error says why   2 wrong command line
  4 no such station   130 interrupted
"""
WRONG_LINE, INTERRUPTED = 2, 130
UNTAKEN = 4.0  # seconds that a worker has to take the work up


class Command(BaseCommand):
    """A station's loops by hand and by script."""

    help = "Adds a video loop to a station and waits until it is ready to be shown."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Show the examples as they are written."""
        kwargs |= {"epilog": EPILOG, "formatter_class": argparse.RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the verb."""
        add = parser.add_subparsers(dest="verb", required=True, metavar="add").add_parser("add", help="add a loop")
        add.add_argument("station", metavar="STATION", help="its short name, for example night-fm")
        add.add_argument("file", metavar="FILE", type=Path, help="MP4, MOV, WebM or MKV of any size; sound is dropped")
        add.add_argument("--artist", default="", metavar="A", help="of the track that shows it")
        add.add_argument("--title", default="", metavar="T", help="of the track that shows it")
        add.add_argument("--song-id", default="", metavar="ID", help="the source's id of that track")
        add.add_argument("--default", action="store_true", help="show it for every track without a loop of its own")
        add.add_argument("--json", action="store_true", dest="as_json", help="answer with one JSON document")

    @refusals_as_sentences
    def handle(self, *_: Any, verb: str, **options: Any) -> None:  # noqa: ARG002 - there is one verb
        """Take the file in, say where it is shown, wait until it is ready."""
        if (options["artist"] or options["song_id"]) and not options["title"]:
            raise CommandError("Give --title as well: a track is known by artist and title.", returncode=WRONG_LINE)
        station = station_named(options["station"])
        loop = self._taken_in(options["file"])
        self._put(station, loop, options)
        try:
            rendition = self._ready(request_rendition(loop=loop, profile=station.profile))
        except KeyboardInterrupt:
            raise CommandError(
                f"Stopped waiting. {loop.name} is kept and is shown as soon as a worker has compiled it.",
                returncode=INTERRUPTED,
            ) from None
        self._say(station, loop, rendition, as_json=options["as_json"])

    def _taken_in(self, file: Path) -> Loop:
        if not file.is_file():
            raise CommandError(f"{file} is not a file.", returncode=REFUSED)
        return take_in(path=file, original_name=file.name)

    def _put(self, station: Station, loop: Loop, options: dict[str, Any]) -> None:
        if options["title"]:
            names = {name: options[name] for name in ("artist", "title", "song_id")}
            map_track(station=station, loop=loop, **names)
        if options["default"]:
            set_default_loop(station=station, loop=loop)

    def _ready(self, rendition: Rendition) -> Rendition:
        if rendition.status == Rendition.Status.FAILED:
            rendition = retry_rendition(rendition=rendition)
        with self._bar() as bar:
            task = bar.add_task("compiling", total=100) if bar else None
            for now in _watched(rendition):
                rendition = now
                if bar and task is not None:
                    bar.update(task, completed=now.progress, description=now.get_status_display())
        if rendition.status != Rendition.Status.READY:
            raise CommandError(f"The loop could not be compiled: {rendition.reason}", returncode=REFUSED)
        return rendition

    def _bar(self) -> AbstractContextManager[Progress | None]:
        console = Console(stderr=True)
        if not console.is_terminal:
            return nullcontext()
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
        return Progress(*columns, console=console, transient=True)

    def _say(self, station: Station, loop: Loop, rendition: Rendition, *, as_json: bool) -> None:
        if as_json:
            facts = {"loop": loop.pk, "name": loop.name, "rendition": rendition.pk, "status": rendition.status}
            write_json(self.stdout, {"station": station.slug, **facts, "frames": rendition.frames})
        else:
            self.stdout.write(f"{loop.name} is ready for {station.name} ({rendition.frames} frames, {loop.pk}).")


def _watched(rendition: Rendition) -> Any:
    """Yield the rendition as it goes on; work that no worker takes up is done here, so that it ends in any case."""
    begun = time.monotonic()
    own: threading.Thread | None = None
    for now in watch_rendition(rendition=rendition):
        yield now
        waits = now.status == Rendition.Status.WAITING and time.monotonic() - begun > UNTAKEN
        if waits and own is None:
            own = threading.Thread(target=_compile, args=(now,), name="compile", daemon=True)
            own.start()
    if own is not None:
        own.join()


def _compile(rendition: Rendition) -> None:
    try:
        compile_rendition(rendition_id=rendition.pk)
    finally:
        connection.close()
