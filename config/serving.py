"""The web process: daphne that ends gently. ``python -m config.serving --fd N config.asgi:application``.

Asked to end, daphne drops every connection where it stands. Here it first stops to accept, finishes the requests it
has, and only then ends: on a socket that outlives it (``--fd``) new connections meanwhile wait for the next process, so
none is refused and none is answered in half. Websockets are closed at once; browsers connect again. What does not let
itself be ended, such as a thread that waits for something that never comes, is left behind after a while: meanwhile
nobody is answered.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from typing import Any

import daphne.server
from daphne.cli import CommandLineInterface
from daphne.http_protocol import WebRequest
from daphne.server import Server
from twisted.internet import defer, reactor

from config.body_cap import CappedFactory

log = logging.getLogger(__name__)
daphne.server.HTTPFactory = CappedFactory  # daphne names it there, and lets nobody choose
clock: Any = reactor
PATIENCE = 2.5
LATEST = 6.0
"""Seconds after which the process is gone, whatever hangs in it."""

LOOK_EVERY = 0.02
# Bytes. Beyond that the connection ends while the message still comes in, and none of it is kept.
LARGEST = {"websocket_max_message_size": 16_384, "websocket_max_frame_size": 16_384}


class GentleServer(Server):  # type: ignore[misc]  # daphne has no types
    """A daphne server that finishes what it has begun."""

    connections: dict[Any, dict[str, Any]]

    def __init__(self, *args: Any, **options: Any) -> None:
        """Take no more from a websocket at once than anybody has to say: a ticket."""
        super().__init__(*args, **{**options, **LARGEST})

    def kill_all_applications(self) -> Any:
        """Stop to accept, wait for requests under way, then do as daphne does (it runs this before its end)."""
        last_resort = threading.Timer(LATEST, _leave)
        last_resort.daemon = True
        last_resort.start()
        for listener in self.listeners:
            listener.addCallback(lambda port: port.stopListening())
        finished: defer.Deferred[None] = defer.Deferred()
        self._look(finished, PATIENCE)
        return finished.addCallback(lambda _: self._end_all())

    def _look(self, finished: defer.Deferred[None], left: float) -> None:
        if left <= 0 or not self._under_way():
            finished.callback(None)
        else:
            clock.callLater(LOOK_EVERY, self._look, finished, left - LOOK_EVERY)

    def _under_way(self) -> bool:
        """Tell whether an HTTP request has begun and is not answered."""
        for protocol, details in self.connections.items():
            work = details.get("application_instance")
            if isinstance(protocol, WebRequest) and work is not None and not work.done():
                return True
        return False

    def _end_all(self) -> Any:
        """Leave out connections that have no application: daphne's own way trips over them."""
        self.connections = {p: d for p, d in self.connections.items() if "application_instance" in d}
        return super().kill_all_applications()


def _leave() -> None:
    """End without waiting for threads and coroutines that do not end."""
    log.warning("Something in the web process did not end within %g seconds; it is left behind", LATEST)
    logging.shutdown()
    os._exit(0)


class Command(CommandLineInterface):  # type: ignore[misc]  # the same
    """daphne's command line, with that server."""

    server_class = GentleServer


if __name__ == "__main__":
    Command().run(sys.argv[1:])
