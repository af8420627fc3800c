"""``manage.py node``: runs the encoders of this machine."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Any

import structlog
from django.core.management.base import BaseCommand

from config.lib.ready import say_ready
from streaming.nodes.agent import Agent
from streaming.nodes.identity import HomeLock

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    """The node."""

    help = (
        "Starts, watches and stops the encoders of this machine, in the foreground. SIGTERM takes them off air "
        "and ends within 8 seconds; if the node is killed they stay on air, and the next node takes them over. "
        "A second node of the same home stands by until the first one ends. Exit code 0: ended as asked."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--leave-on-air",
            action="store_true",
            help="on SIGTERM leave the encoders on air for the next node (for upgrades without a break)",
        )

    def handle(self, *_: Any, leave_on_air: bool, **__: Any) -> None:
        """Wait for this home, then run until told to stop."""
        stop = threading.Event()
        wake = threading.Event()

        def ask_to_stop(*_: Any) -> None:
            stop.set()
            wake.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, ask_to_stop)
        lock = HomeLock()
        if not lock.take():
            log.warning("standing by: another node runs this home", pid=lock.holder())
            lock.take_later(wake.set)
            wake.wait()
            if stop.is_set():
                return
            log.info("the other node ended; taking over")
        agent = Agent()
        wake.clear()
        signal.signal(signal.SIGTERM, lambda *_: agent.stop(leave_on_air=leave_on_air))
        signal.signal(signal.SIGINT, lambda *_: agent.stop(leave_on_air=leave_on_air))
        if stop.is_set():
            return
        say_ready()
        agent.run()
