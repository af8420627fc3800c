"""Runs a real server for a test: started on a free port, awaited, stopped, and gone when pytest dies."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from typing import TYPE_CHECKING

from config.services.leash import leashed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

SYSTEM_FOLDERS = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
HOST = "127.0.0.1"


def find_program(*names: str) -> str | None:
    """Return the path of the first program found, also where only root's PATH would look."""
    path = f"{os.environ.get('PATH', '')}:{SYSTEM_FOLDERS}"
    return next((found for name in names if (found := shutil.which(name, path=path))), None)


def free_port() -> int:
    """Return a TCP port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(true: Callable[[], object], *, within: float, what: str) -> None:
    """Look every 20 ms until ``true()`` holds.

    Raises:
        TimeoutError: it did not within so many seconds.

    """
    end = time.monotonic() + within
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not happen within {within} s")
        time.sleep(0.02)


def answers(port: int) -> bool:
    """Whether something accepts connections on the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


class Daemon:
    """One server process in a session of its own; may be stopped, killed and started again on the same port."""

    def __init__(self, folder: Path, command: Sequence[str], port: int) -> None:
        """Keep what to run, where its output goes (``folder/output.log``) and the port that shows it is up."""
        self.folder = folder
        self.command = list(command)
        self.port = port
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def output(self) -> str:
        """What the server wrote so far."""
        file = self.folder / "output.log"
        return file.read_text(errors="replace") if file.exists() else ""

    def start(self) -> None:
        """Start the server and return when its port answers."""
        with (self.folder / "output.log").open("ab") as out:
            self.process = subprocess.Popen(
                leashed(self.command, signal=signal.SIGTERM),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_until(self._up, within=60, what=f"{self.command[0]} on port {self.port}")

    def stop(self) -> None:
        """Ask the server to end, and wait until it has."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the server and its children at once."""
        self._end(signal.SIGKILL)

    def _up(self) -> bool:
        if self.process is None or self.process.poll() is not None:
            raise RuntimeError(f"{self.command[0]} ended while starting:\n{self.output[-2000:]}")
        return answers(self.port)

    def _end(self, how: signal.Signals) -> None:
        process, self.process = self.process, None
        if process is None or process.poll() is not None:
            return
        os.killpg(process.pid, how)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
