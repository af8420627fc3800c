"""A node in this process or in one of its own, with fake encoders, on the test's database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg
from django.conf import settings
from django.db import connection
from django.utils import timezone
from psycopg import sql

from streaming.nodes import folder as folders
from streaming.nodes.agent import Agent
from streaming.nodes.folder import EncoderFolder
from streaming.nodes.models import Encoder
from streaming.sources.report import TrackReport
from streaming.sources.services import accept_change
from tests.streaming.nodes.stage import FAKE, living, say, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streaming.sources.models import TrackChange
    from streaming.stations.models import Station

RUNNER = Path(__file__).with_name("run_node.py")


class Studio:
    """Starts nodes, looks at rows, leaves nothing behind."""

    def __init__(self) -> None:
        self.agents: list[tuple[Agent, threading.Thread]] = []
        self.processes: list[subprocess.Popen[bytes]] = []

    def node(self) -> Agent:
        """A node in a thread of this process."""
        agent = Agent(command=FAKE)
        thread = threading.Thread(target=agent.run, daemon=True)
        thread.start()
        self.agents.append((agent, thread))
        return agent

    def stop(self, agent: Agent, *, leave_on_air: bool = False) -> float:
        """Stop a node and return how long that took."""
        thread = next(thread for one, thread in self.agents if one is agent)
        started = time.monotonic()
        agent.stop(leave_on_air=leave_on_air)
        thread.join(15)
        assert not thread.is_alive()
        return time.monotonic() - started

    def node_process(self, *arguments: str, encoder: str = "fake") -> subprocess.Popen[bytes]:
        """``manage.py node`` in a process of its own."""
        environment = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "LONGWAVE_HOME": str(settings.PLACES.home),
            "SECRET_KEY": settings.SECRET_KEY,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": str(settings.BASE_DIR),
        }
        process = subprocess.Popen(
            [sys.executable, str(RUNNER), encoder, *arguments],
            env=environment,
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def row(self, station: Station) -> Encoder:
        return Encoder.objects.get(station=station)

    def until_state(self, station: Station, state: str, seconds: float = 20) -> Encoder:
        """Wait for the row to show a state."""
        until(lambda: self.row(station).state == state, f"{station.slug} {state}", seconds)
        return self.row(station)

    def pid(self, station: Station) -> int:
        """Wait for an encoder on air and return its pid."""
        return int(until(lambda: self.until_state(station, "RUNNING").pid, "a pid"))

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """kill -9, and wait until it is gone."""
        process.kill()
        process.wait(10)

    def close(self) -> None:
        for agent, thread in self.agents:
            agent.stop()
            thread.join(15)
        for process in self.processes:
            if process.poll() is None:
                os.kill(process.pid, signal.SIGCONT)
                process.kill()
            sys.stdout.write(process.communicate()[0].decode())
        for folder in folders.every():
            for pid in living(folder):
                psutil.Process(pid).kill()


@contextmanager
def database_away() -> Iterator[None]:
    """Cut every connection to the test's database and let nobody in; nothing in here may ask it."""
    name = connection.settings_dict["NAME"]
    connection.close()
    control = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path="/postgres"))
    with psycopg.connect(control, autocommit=True) as link:
        _let_in(link, name, yes=False)
        try:
            yield
        finally:
            _let_in(link, name, yes=True)


def _let_in(link: psycopg.Connection[Any], name: str, *, yes: bool) -> None:
    link.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(sql.Identifier(name), sql.Literal(yes)))
    if not yes:
        link.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])


def fact(station: Station, **told: Any) -> None:
    """Have the station's encoder make a fact."""
    say(EncoderFolder(station.pk), do="fact", fact=told)


def change(station: Station, title: str, number: int) -> TrackChange:
    """A source reports that a track began."""
    report = TrackReport(
        artist="Ana",
        title=title,
        started_at=timezone.now(),
        duration_ms=180_000,
        play=f"sh:{number}",
    )
    row, is_new = accept_change(station=station, report=report, origin="webhook")
    assert is_new
    return row


def database_url() -> str:
    """The URL of the database the tests run on."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
