"""Runs presenters' programs, and the ingest server as it is delivered."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Self

from streaming.ingest import nginx
from tests.plugins.daemon import HOST, Daemon, find_program, free_port, wait_until

if TYPE_CHECKING:
    from config.ingest import Ingest

FAKES = Path(__file__).parents[2] / "fakes"


class Presenter:
    """A running program of tests/fakes; ended at the end of the block."""

    def __init__(self, url: str, *options: str, program: str = "presenter.py") -> None:
        """Start to publish to ``url``, which ends with the key."""
        self._said = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed with the block
        command = [sys.executable, str(FAKES / program), url, *options]
        self.process = subprocess.Popen(command, stdout=self._said, stderr=subprocess.DEVNULL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.send(signal.SIGCONT)
        self.process.terminate()
        self.process.wait(10)
        self._said.close()

    @property
    def said(self) -> str:
        """What it said so far."""
        at = self._said.tell()
        text = os.pread(self._said.fileno(), 4096, 0).decode()
        self._said.seek(at)
        return text

    def published(self, within: float = 10) -> Self:
        """Wait until the server has taken it."""
        wait_until(lambda: "publishing" in self.said or self.process.poll() is not None, within=within, what="publish")
        assert "publishing" in self.said, self.said
        return self

    def code(self, within: float = 10) -> int:
        """Wait for its end: 1 refused, 2 the connection broke."""
        return self.process.wait(within)

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        if self.process.poll() is None:
            self.process.send_signal(number)


class IngestServer:
    """nginx with the configuration that ``manage.py ingest config`` writes."""

    def __init__(self, folder: Path, plan: Ingest) -> None:
        """Write it; ``start`` runs it."""
        self.folder, self.plan = folder, plan
        nginx.write(folder / "nginx.conf", nginx.render(nginx.server_for(plan, folder=folder)))
        self._daemon = Daemon(folder, [str(find_program("nginx")), "-c", str(folder / "nginx.conf")], plan.port)

    @property
    def output(self) -> str:
        """What nginx logged."""
        return self._daemon.output

    @property
    def pid(self) -> int:
        """nginx's own pid."""
        return int((self.folder / "nginx.pid").read_text())

    def start(self) -> None:
        """Run nginx (again)."""
        (self.folder / nginx.DOOR).unlink(missing_ok=True)
        self._daemon.start()

    def stop(self) -> None:
        """Ask nginx to end."""
        self._daemon.stop()

    def kill(self) -> None:
        """End nginx at once."""
        self._daemon.kill()

    def url(self, name: str) -> str:
        """Where to publish with a key, or play a stream."""
        return f"rtmp://{HOST}:{self.plan.port}/{self.plan.application}/{name}"


__all__ = ["HOST", "IngestServer", "Presenter", "free_port", "wait_until"]
