"""The processes of Longwave itself, as the supervisor sees them."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

from config.home import BASE_DIR
from config.services.part import Part
from config.services.web_probe import WebProbe

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

MANAGE = (sys.executable, str(BASE_DIR / "manage.py"))
# Mingle and gossip talk to other workers for a second at each start; heartbeats are for AMQP.
QUIET_WORKER = ("--without-mingle", "--without-gossip", "--without-heartbeat")


def prepare(environment: Mapping[str, str], report: int) -> Part:
    """Bring database, static files and the first account up to date; writes what it did to the descriptor."""
    command = [*MANAGE, "prepare", "--report-to", str(report)]
    return Part("prepare", lambda: command, environment, once=True, essential=True, pass_fds=(report,))


def demo(environment: Mapping[str, str]) -> Part:
    """Make the demo station; the rest starts without it if that fails."""
    return Part("demo", lambda: [*MANAGE, "demo"], environment, once=True)


def web(environment: Mapping[str, str], listener: socket.socket) -> Part:
    """Serve pages, API, admin and websockets on an open socket."""
    descriptor = str(listener.fileno())
    limits = ["--application-close-timeout", "2", "--no-server-name"]
    server = [sys.executable, "-m", "config.serving", "-v", "0", "--fd", descriptor]
    command = [*server, *limits, "config.asgi:application"]
    return Part(
        "web",
        lambda: command,
        environment,
        probe=WebProbe(listener),
        stop=((signal.SIGTERM, 3.0),),
        pass_fds=(listener.fileno(),),
    )


def worker(environment: Mapping[str, str]) -> Part:
    """Run tasks. A task that takes too long at the end is cut off and comes back at the next start."""
    command = [*_celery("worker"), "--concurrency", "2", *QUIET_WORKER]
    stop = ((signal.SIGTERM, 2.5), (signal.SIGQUIT, 2.0))
    renew = ((signal.SIGTERM, 60.0), (signal.SIGQUIT, 5.0))  # what it is at may be finished
    return Part("worker", lambda: command, environment, stop=stop, renew=renew)


def beat(environment: Mapping[str, str]) -> Part:
    """Put tasks into the queue when their time has come."""
    return Part("beat", lambda: _celery("beat"), environment, stop=((signal.SIGTERM, 2.0),))


def node(environment: Mapping[str, str]) -> Part:
    """Run the encoders.

    Asked to stop, it takes its stations off the air. When it is killed they stay on air and the next node adopts
    them, so that is what happens to it when we die. When it is renewed it leaves them on air itself.
    """
    return Part(
        "node",
        lambda: [*MANAGE, "node"],
        environment,
        stop=((signal.SIGTERM, 7.5),),
        renew=((signal.SIGUSR1, 10.0),),
        orphan=signal.SIGKILL,
    )


def _celery(what: str) -> list[str]:
    return [sys.executable, "-m", "celery", "-q", "-A", "config.celery", what, "--loglevel", "INFO"]
