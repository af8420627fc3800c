"""Several machines on this one: a node each, in a process and home of its own, over its own way to the database."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit, urlunsplit

import psutil
from django.conf import settings

from config.lib.places import Places
from streaming.nodes.models import Node
from tests.fakes.proxy import Proxy
from tests.streaming.nodes.stage import until
from tests.streaming.nodes.studio import RUNNER, database_url


class Gate:
    """A port of this machine that leads to the tests' database, also where that listens on a unix socket only."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._far: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Hang up everywhere: a session left in the middle of a transaction would hold its locks for ever."""
        self._server.close()
        for far in self._far:
            with suppress(OSError):
                far.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._server.accept()
                far = _database()
            except OSError:
                return
            self._far.append(far)
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=_pump, args=(source, sink), daemon=True).start()


class Machine:
    """One machine. ``proxy`` is its way to the database."""

    def __init__(self, name: str, gate: Gate, media: Path) -> None:
        self.name = name
        self.places = Places(Path(tempfile.mkdtemp(prefix=f"lw-{name}-", dir="/tmp")))
        self.places.make()
        self.places.media.rmdir()
        self.places.media.symlink_to(media)  # what machines share
        self.proxy = Proxy(gate.port)
        self.node: subprocess.Popen[bytes] | None = None
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str, encoder: str = "real", wrap: tuple[str, ...] = (), **more: str) -> Self:
        """Start its node; ``more`` goes into its environment, ``wrap`` before its command."""
        url = urlsplit(database_url())
        environment = {
            **os.environ,
            "DATABASE_URL": urlunsplit(url._replace(netloc=f"{url.username}@127.0.0.1:{self.proxy.port}", query="")),
            "LONGWAVE_HOME": str(self.places.home),
            "SECRET_KEY": settings.SECRET_KEY,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": str(settings.BASE_DIR),
            "PGSSLMODE": "disable",
            "PGGSSENCMODE": "disable",
            **more,
        }
        command = [*wrap, sys.executable, str(RUNNER), encoder, "--name", self.name, *arguments]
        self.log = (self.places.home / f"node-{len(self._started)}.log").open("wb")
        self.node = subprocess.Popen(
            command, env=environment, cwd=settings.BASE_DIR, stdout=self.log, stderr=self.log, start_new_session=True
        )
        self._started.append(self.node)
        return self

    def registered(self) -> Self:
        """Wait until the database has heard of it."""
        until(lambda: Node.objects.filter(name=self.name, seen_at__isnull=False).exists(), f"{self.name}")
        return self

    def row(self) -> Node:
        return Node.objects.get(name=self.name)

    def encoders(self) -> list[psutil.Process]:
        """The encoders that live here, stopped ones too."""
        found = []
        for process in psutil.process_iter(["cmdline", "status"]):
            words = process.info["cmdline"] or []
            here = any(word.startswith(str(self.places.encoders)) and word.endswith("spec.json") for word in words)
            if here and process.info["status"] != psutil.STATUS_ZOMBIE:
                found.append(process)
        return found

    def signal(self, number: int, *, encoders: bool = False) -> None:
        """Send a signal to its node, and to its encoders."""
        for process in self.encoders() if encoders else []:
            process.send_signal(number)
        assert self.node is not None
        self.node.send_signal(number)

    def die(self) -> None:
        """The power is cut: node and encoders are gone at once."""
        self.signal(signal.SIGKILL, encoders=True)
        assert self.node is not None
        self.node.wait(10)

    def said(self) -> str:
        """All that its nodes logged."""
        return "".join(file.read_text() for file in sorted(self.places.home.glob("node-*.log")))

    def close(self) -> None:
        for process in self._started:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
                process.wait(10)
        for encoder in self.encoders():
            encoder.kill()
        self.proxy.close()
        sys.stdout.write(f"--- {self.name}\n{self.said()}")
        shutil.rmtree(self.places.home)


class Machines:
    """All of them, with what they share."""

    def __init__(self) -> None:
        self._gate = Gate()
        self._all: list[Machine] = []

    def __getitem__(self, number: int) -> Machine:
        return self._all[number]

    def __iter__(self) -> Iterator[Machine]:
        return iter(self._all)

    def add(self, name: str, *arguments: str, **more: Any) -> Machine:
        """A machine that has been switched on."""
        return self.plan(name).start(*arguments, **more).registered()

    def plan(self, name: str) -> Machine:
        """A machine that is still to be switched on."""
        machine = Machine(name, self._gate, settings.PLACES.media)
        self._all.append(machine)
        return machine

    def of(self, node: Node | None) -> Machine:
        """The machine of a row."""
        return next(machine for machine in self._all if node is not None and machine.name == node.name)

    def close(self) -> None:
        for machine in self._all:
            machine.close()
        self._gate.close()


def _database() -> socket.socket:
    url = urlsplit(os.environ["DATABASE_URL"])
    asked = parse_qs(url.query)
    host, port = asked.get("host", [url.hostname or "127.0.0.1"])[0], int(asked.get("port", [url.port or 5432])[0])
    if not host.startswith("/"):
        return socket.create_connection((host, port))
    far = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    far.connect(f"{host}/.s.PGSQL.{port}")
    return far


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return  # one side is gone
