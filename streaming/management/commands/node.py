"""``manage.py node``: runs the encoders of this machine; and looks after all machines."""

from __future__ import annotations

import argparse
import signal
import threading
from typing import TYPE_CHECKING, Any

import structlog
from django.core.management.base import BaseCommand, CommandError

from config.lib.ready import say_ready
from streaming.management.asking import NO_STATION, refusals_as_sentences, write_json
from streaming.nodes import queries, services
from streaming.nodes.agent import Agent
from streaming.nodes.database import leave_nothing_locked
from streaming.nodes.identity import Described, HomeLock
from streaming.nodes.models import Node

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

log = structlog.get_logger(__name__)

EPILOG = """\
examples:
  node                                   run this machine's encoders
  node --name studio-2 --labels gpu,fast --capacity 20
  node list --json                       every machine, its stations and load
  node drain studio-1                    move its stations elsewhere, for maintenance
  node resume studio-1
  node gone studio-1                     it is switched off: others may take all its stations
  node balance                           move stations until all machines are loaded alike

exit codes:
  0 done, or ended as asked   1 refused, standard error says why   2 wrong command line   4 no such machine
"""


class Command(BaseCommand):
    """The node."""

    help = (
        "Without a verb: starts, watches and stops the encoders of this machine, in the foreground. SIGTERM takes them "
        "off air and ends within 8 seconds; if the node is killed they stay on air, and the next node takes them over. "
        "A second node of the same home stands by until the first one ends."
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Show the examples as they are written."""
        kwargs |= {"epilog": EPILOG, "formatter_class": argparse.RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options and verbs."""
        parser.add_argument(
            "--leave-on-air",
            action="store_true",
            help="on SIGTERM leave the encoders on air for the next node (for upgrades without a break)",
        )
        parser.add_argument("--name", help="what this machine is called; kept in its home from then on")
        parser.add_argument("--labels", help="what it is or has, by comma; stations may ask for it")
        parser.add_argument("--capacity", type=_capacity, help="how many stations it may run")
        verbs = parser.add_subparsers(dest="verb", metavar="list|drain|resume|gone|balance")
        verbs.add_parser("list", help="every machine, how it is and what it runs").add_argument(
            "--json", action="store_true", dest="as_json", help="as one JSON document"
        )
        for verb, text in (
            ("drain", "hand all stations of a machine to others, and give it no new ones"),
            ("resume", "end that"),
            ("gone", "say that a machine is switched off: others may take all it holds"),
        ):
            one = verbs.add_parser(verb, help=text)
            one.add_argument("node", metavar="NAME")
            one.add_argument("--json", action="store_true", dest="as_json", help="as one JSON document")
        verbs.add_parser("balance", help="move stations until all machines are loaded alike")

    def handle(self, *_: Any, verb: str | None, **options: Any) -> None:
        """Run, or do what the verb says."""
        if verb is None:
            run(_described(options), leave_on_air=options["leave_on_air"])
        else:
            self._do(verb, options)

    @refusals_as_sentences
    def _do(self, verb: str, options: dict[str, Any]) -> None:
        getattr(self, f"_{verb}")(options)

    def _list(self, options: dict[str, Any]) -> None:
        rows = queries.told()
        if options["as_json"]:
            write_json(self.stdout, rows)
            return
        if not rows:
            self.stdout.write("No machine has registered yet. Start one: node")
        for row in rows:
            room = f"{row['stations']}/{row['capacity']}" if row["capacity"] is not None else str(row["stations"])
            load = f"{row['cpu_percent']} % of a core, {row['memory_mb']} MiB"
            self.stdout.write(
                f"{row['name']:<28} {row['state']:<9} {room:>7} stations  {load}  {','.join(row['labels'])}"
            )

    def _drain(self, options: dict[str, Any]) -> None:
        services.drain(node=_named(options["node"]))
        self._tell(options, "Its stations move to other machines, one after another; see them go: node list")

    def _resume(self, options: dict[str, Any]) -> None:
        services.drain(node=_named(options["node"]), draining=False)
        self._tell(options, "It takes stations again.")

    def _gone(self, options: dict[str, Any]) -> None:
        services.declare_gone(node=_named(options["node"]))
        self._tell(options, "Other machines take its stations now. It registers again when its node is started.")

    def _balance(self, _options: dict[str, Any]) -> None:
        moves = services.even_out()
        for station, node in moves:
            self.stdout.write(f"{station.slug} goes to {node.name}")
        if not moves:
            self.stdout.write("The machines are loaded as evenly as they can be.")

    def _tell(self, options: dict[str, Any], sentence: str) -> None:
        if options["as_json"]:
            write_json(self.stdout, next(row for row in queries.told() if row["name"] == options["node"]))
        else:
            self.stdout.write(sentence)


def run(described: Described, *, leave_on_air: bool) -> None:
    """Wait for this home, then run until told to stop."""
    stop = threading.Event()
    wake = threading.Event()

    def ask_to_stop(*_: Any) -> None:
        stop.set()
        wake.set()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1):
        signal.signal(number, ask_to_stop)
    lock = HomeLock()
    if not lock.take():
        log.warning("standing by: another node runs this home", pid=lock.holder())
        lock.take_later(wake.set)
        wake.wait()
        if stop.is_set():
            return
        log.info("the other node ended; taking over")
    leave_nothing_locked()
    agent = Agent(described=described)
    wake.clear()
    signal.signal(signal.SIGTERM, lambda *_: agent.stop(leave_on_air=leave_on_air))
    signal.signal(signal.SIGINT, lambda *_: agent.stop(leave_on_air=leave_on_air))
    signal.signal(signal.SIGUSR1, lambda *_: agent.stop(leave_on_air=True))  # whoever starts the next one asks so
    if stop.is_set():
        return
    say_ready()
    agent.run()


def _described(options: dict[str, Any]) -> Described:
    """Return what the command line says of this machine; what it does not say stays as it is."""
    labels = options["labels"]
    words = None if labels is None else tuple(word.strip() for word in labels.split(",") if word.strip())
    return Described(options["name"] or None, words, options["capacity"])


def _named(name: str) -> Node:
    node = Node.objects.filter(name=name).first()
    if node is None:
        known = ", ".join(Node.objects.order_by("name").values_list("name", flat=True)) or "none"
        raise CommandError(f"There is no machine {name!r}. Machines: {known}.", returncode=NO_STATION)
    return node


def _capacity(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 32_767:  # noqa: PLR2004 - what the column takes
        raise argparse.ArgumentTypeError("a number from 0 to 32767")
    return number
