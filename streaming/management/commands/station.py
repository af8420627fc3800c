"""``manage.py station add|start|stop|restart|secret|member|status|list``."""

from __future__ import annotations

import argparse
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand

from catalog.visuals.profiles import USUAL
from streaming.asrun.sound_words import heard
from streaming.management import member_verb
from streaming.management.asking import (
    NOT_ON_AIR,
    refusals_as_sentences,
    station_named,
    write_json,
    write_table,
)
from streaming.stations import services
from streaming.stations.models import Station
from streaming.stations.queries import station_status

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

EPILOG = """\
examples:
  station add night-fm --name "Night FM" --source azuracast \\
      --audio https://radio.example/listen/night/radio.mp3 \\
      --metadata https://radio.example/api/nowplaying/night
  station add wave --name Wave --source icecast --audio https://radio.example/live.mp3
  station add vinyl --name "Vinyl" --source playlist
  station start night-fm
  station secret night-fm --overlap-hours 2
  station member night-fm add ayu@example.org editor
  station status night-fm --json

exit codes:
  0 done (status: on air)   1 refused, standard error says why   2 wrong command line
  3 status: not on air      4 no such station
"""


class Command(BaseCommand):
    """Stations by hand and by script."""

    help = "Adds stations, puts them on air, takes them off, and says how they are."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Show the examples as they are written."""
        kwargs |= {"epilog": EPILOG, "formatter_class": argparse.RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the verbs."""
        verbs = parser.add_subparsers(
            dest="verb", required=True, metavar="add|start|stop|restart|secret|member|status|list"
        )
        self._add_add(verbs)
        for verb, text in (
            ("start", "put a station on air"),
            ("stop", "take a station off air"),
            ("restart", "end a station's encoder and start it anew"),
        ):
            verbs.add_parser(verb, help=text).add_argument("slug", metavar="SLUG")
        secret = verbs.add_parser("secret", help="make a new webhook secret; it is shown this once")
        secret.add_argument("slug", metavar="SLUG")
        secret.add_argument(
            "--overlap-hours", type=int, default=24, metavar="N", help="how long the present one is taken still (24)"
        )
        member_verb.add_arguments(verbs)
        status = verbs.add_parser("status", help="say how a station is; exit code 3 if it is not on air")
        status.add_argument("slug", metavar="SLUG")
        status.add_argument("--json", action="store_true", dest="as_json", help="as one JSON document")
        listing = verbs.add_parser("list", help="list the stations")
        listing.add_argument("--json", action="store_true", dest="as_json", help="as one JSON document")

    @refusals_as_sentences
    def handle(self, *_: Any, verb: str, **options: Any) -> None:
        """Do what the verb says."""
        getattr(self, f"_{verb}")(options)

    def _add_add(self, verbs: Any) -> None:
        add = verbs.add_parser("add", help="add a station; it is not put on air yet")
        add.add_argument("slug", metavar="SLUG", help="its short name in URLs, for example night-fm")
        add.add_argument("--name", required=True, help="its name on screen")
        add.add_argument("--source", required=True, choices=Station.SourceKind.values, help="where sound comes from")
        add.add_argument("--audio", default="", metavar="URL", help="the radio's stream (MP3, AAC, Ogg, FLAC)")
        add.add_argument(
            "--metadata",
            default="",
            metavar="URL",
            help="AzuraCast: .../api/nowplaying/<shortcode>; Icecast: .../status-json.xsl",
        )
        add.add_argument("--shortcode", default="", help="AzuraCast's short name of the station")
        add.add_argument("--secret", default="", help="the webhook's secret; made and shown once if left out")
        add.add_argument("--profile", default=USUAL, help="size and rate: 720p30 (default) or 1080p30")
        add.add_argument("--json", action="store_true", dest="as_json", help="as one JSON document")

    def _add(self, options: dict[str, Any]) -> None:
        """Add a station and print what AzuraCast has to be told."""
        webhooks = options["source"] == Station.SourceKind.AZURACAST
        secret = options["secret"] or (services.make_secret() if webhooks else "")
        station = services.create_station(
            slug=options["slug"],
            name=options["name"],
            source_kind=options["source"],
            audio_url=options["audio"],
            metadata_url=options["metadata"],
            secret=secret,
            profile=options["profile"],
            shortcode=options["shortcode"],
        )
        said = {"slug": station.slug, "id": str(station.pk), "webhook_url": webhook_url(station) if webhooks else None}
        if secret and not options["secret"]:
            said["secret"] = secret
        if options["as_json"]:
            write_json(self.stdout, said)
            return
        self.stdout.write(f"Added {station.name} ({station.slug}). Put it on air with: station start {station.slug}")
        if webhooks:
            self.stdout.write(f"Webhook: {said['webhook_url']}")
            if "secret" in said:
                self.stdout.write(f"Secret (shown this once; as header X-Webhook-Secret or password): {secret}")
            if not station.audio_url:
                self.stdout.write("It has no sound yet: add --audio URL, or set the sound URL in the admin.")

    def _start(self, options: dict[str, Any]) -> None:
        services.start_station(station=station_named(options["slug"]))
        self.stdout.write(f"{options['slug']} is to go on air; see it come: station status {options['slug']}")

    def _stop(self, options: dict[str, Any]) -> None:
        services.stop_station(station=station_named(options["slug"]))
        self.stdout.write(f"{options['slug']} is to go off air.")

    def _restart(self, options: dict[str, Any]) -> None:
        services.restart_station(station=station_named(options["slug"]))
        self.stdout.write(f"{options['slug']} is to be restarted.")

    def _member(self, options: dict[str, Any]) -> None:
        member_verb.run(self.stdout, options)

    def _secret(self, options: dict[str, Any]) -> None:
        station = station_named(options["slug"])
        secret = services.renew_secret(station=station, overlap=timedelta(hours=options["overlap_hours"]))
        self.stdout.write(f"Secret (shown this once; as header X-Webhook-Secret or password): {secret}")
        if station.knows_secret_before:
            self.stdout.write(f"The one before is taken until {station.webhook_before_until:%Y-%m-%d %H:%M} UTC.")

    def _status(self, options: dict[str, Any]) -> None:
        status = station_status(station_named(options["slug"]))
        if options["as_json"]:
            write_json(self.stdout, status)
        else:
            write_table(self.stdout, status_rows(status))
        if not status["on_air"]:
            sys.exit(NOT_ON_AIR)

    def _list(self, options: dict[str, Any]) -> None:
        stations = Station.objects.select_related("encoder").order_by("slug")
        rows = [{"slug": s.slug, "name": s.name, "source": s.source_kind, "state": s.encoder.state} for s in stations]
        if options["as_json"]:
            write_json(self.stdout, rows)
        elif not rows:
            self.stdout.write("No stations yet. Add one: station add SLUG --name N --source playlist")
        for row in rows if not options["as_json"] else ():
            self.stdout.write(f"{row['slug']:<24} {row['state']:<9} {row['source']:<10} {row['name']}")


def webhook_url(station: Station) -> str:
    """Return where AzuraCast posts to, as seen from this machine."""
    return f"http://{settings.LONGWAVE_HOST}:{settings.LONGWAVE_PORT}/webhook/azuracast/{station.slug}"


def sound_words(sound: dict[str, Any] | None) -> str:
    """Return where the sound comes from and how loud it is."""
    what = heard(sound["lane"], sound["name"]) if sound else ""
    if not sound or not what:
        return "–"
    level = sound["short_term_lufs"]
    return what if level is None else f"{what}, {level:.1f} LUFS short-term"


def status_rows(status: dict[str, Any]) -> list[tuple[str, str]]:
    """Return a status as lines for people."""
    now = status["now"]
    source = "up" if status["source_up"] else status["source_error"] or "down"
    rows = [
        ("station", f"{status['name']} ({status['slug']})"),
        ("state", f"{status['state']} since {status['since']}" + ("" if status["wanted"] else ", not wanted on air")),
        ("on air for", f"{status['uptime_seconds']} s" if status["on_air"] else "–"),
        ("now", f"{now['artist']} - {now['title']}, picture: {now['loop'] or 'slate'}" if now else "–"),
        ("source", f"{status['source']}: {source}"),
        ("sound", sound_words(status["sound"])),
        ("node", f"{status['node'] or '–'}, pid {status['pid'] or '–'}"),
        ("load", f"{status['cpu_percent']} % of a core, {status['memory_mb']} MiB"),
        ("restarts", f"{status['restarts_total']} ({status['restarts']} in a row)"),
    ]
    for output in status["destinations"]:
        state = f"{output['state']} {output['error']}".rstrip()
        rows.append((f"to {output['name']}", f"{output['shown']}  {state}"))
    if status["last_error"]:
        rows.append(("last error", f"{status['last_error']['at']}  {status['last_error']['message']}"))
    return rows
