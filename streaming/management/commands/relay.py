"""``manage.py relay config|status``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from streaming.ingest.nginx import MODULES, find_module, worker_user, write
from streaming.management.asking import refusals_as_sentences, write_json
from streaming.outputs.models import Destination
from streaming.outputs.told import told
from streaming.relay import looking, nginx
from streaming.relay.streams import streams

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

    from streaming.relay.streams import Stream

OFF = "There is no relay: set RELAY_URL, for example rtmp://127.0.0.1:1935/relay."


class Command(BaseCommand):
    """The relay's configuration, and how its pushes are."""

    help = "Writes the configuration of the relay between encoders and platforms, and tells how its pushes are."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="config|status")
        config = verbs.add_parser("config", help="write nginx's configuration; it holds stream keys")
        config.add_argument("--output", type=Path, metavar="FILE", help="where to; default: standard output")
        config.add_argument("--folder", type=Path, metavar="DIR", help="nginx's own folder; default: in the home")
        config.add_argument("--module", type=Path, metavar="FILE", help="where nginx has its RTMP module")
        config.add_argument("--json", action="store_true", dest="as_json", help="tell what is in it, without secrets")
        status = verbs.add_parser("status", help="tell how the pushes are now")
        status.add_argument("--json", action="store_true", dest="as_json", help="as one JSON document")

    @refusals_as_sentences
    def handle(self, *_: Any, verb: str, **options: Any) -> None:
        """Do what the verb says."""
        if not settings.RELAY.url:
            raise CommandError(OFF)
        getattr(self, f"_{verb}")(options)

    def _config(self, options: dict[str, Any]) -> None:
        folder = options["folder"] or settings.PLACES.run / "relay"
        carried, left_out = streams()
        module = options["module"] or find_module() or MODULES[0]
        server = nginx.Server(folder, module, user=worker_user())
        text = nginx.render(settings.RELAY, server, carried)
        for sentence in left_out:
            self.stderr.write(sentence)
        if options["output"] is not None:
            write(options["output"], text)
        if options["as_json"]:
            write_json(self.stdout, {"streams": [_told(stream) for stream in carried], "left_out": left_out})
        elif options["output"] is None:
            self.stdout.write(text, ending="")
        else:
            self.stdout.write(f"Wrote {options['output']}; it holds stream keys and is readable by its owner only.")

    def _status(self, options: dict[str, Any]) -> None:
        looking.look()
        rows = Destination.objects.filter(via_relay=True).select_related("station__profile", "station__encoder")
        facts = [{"station": row.station.slug, **told(row)} for row in rows.order_by("station__slug", "name")]
        if options["as_json"]:
            write_json(self.stdout, facts)
            return
        for fact in facts:
            self.stdout.write(f"{fact['station']:<20} {fact['name']:<20} {fact['state']:<16} {fact['address']}")
            if fact["error"] and not fact["connected"]:
                self.stdout.write(f"{'':<20} {fact['error']}")


def _told(stream: Stream) -> dict[str, Any]:
    pushes = [{"name": push.name, "url": push.url, "address": f"{push.address}:{push.port}"} for push in stream.pushes]
    return {"station": stream.station, "pushes": pushes}
