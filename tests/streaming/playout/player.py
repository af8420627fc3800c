"""Runs the real engine as its own process and speaks its protocol."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
Event = dict[str, Any]


class Player:
    """An engine under test; events are kept and can be waited for."""

    def __init__(self, folder: Path, spec: dict[str, Any]) -> None:
        """Write the spec; :meth:`start` runs it. Sockets lie in a short folder of their own."""
        self.folder = folder
        self.spec = spec
        self.environment: dict[str, str] = {}
        self.prefix: list[str] = []
        """What to run it with: ``ip netns exec …``."""
        self.events: list[Event] = []
        self._news = threading.Condition()
        self.process: subprocess.Popen[bytes] | None = None
        self._connection: socket.socket | None = None

    def start(self) -> Player:
        """Start the process and connect."""
        file = self.folder / "spec.json"
        file.write_text(json.dumps(self.spec))
        self.process = subprocess.Popen(
            [*self.prefix, sys.executable, "-m", "streaming.playout", str(file)],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            stderr=(self.folder / "stderr.log").open("ab"),
            start_new_session=True,
        )
        self.connect()
        return self

    def connect(self, since: int = 0) -> None:
        """Open a connection and say hello, as a node does."""
        end = time.monotonic() + 15
        while True:
            connection = socket.socket(socket.AF_UNIX)
            try:
                connection.connect(self.spec["socket"])
                break
            except OSError:
                connection.close()
                if time.monotonic() > end or (self.process and self.process.poll() is not None):
                    raise AssertionError((self.folder / "stderr.log").read_text()) from None
                threading.Event().wait(0.02)
        self._connection = connection
        threading.Thread(target=self._read, args=(connection,), daemon=True).start()
        self.send({"do": "hello", "since": since})

    def disconnect(self) -> None:
        """Close the connection as a node that dies does."""
        assert self._connection
        self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()

    def send(self, command: dict[str, Any]) -> None:
        """Send one command."""
        assert self._connection
        self._connection.sendall(json.dumps(command).encode() + b"\n")

    def show(self, picture: tuple[str, Path], cue: str | None = None) -> str:
        """Ask for a picture; returns the cue's id."""
        cue = cue or uuid.uuid4().hex
        self.send({"do": "show", "cue": {"id": cue, "track": {"t": cue}}, "picture": as_picture(picture)})
        return cue

    def wait_for(self, name: str, within: float = 15, **fields: Any) -> Event:
        """Return the first event of this name that has these fields, from the first ever on."""
        return self.wait_until(lambda e: e["event"] == name and all(e.get(k) == v for k, v in fields.items()), within)

    def wait_until(self, wanted: Any, within: float = 15, after: int = 0) -> Event:
        """Return the first event (from index ``after`` on) that ``wanted`` accepts."""
        found: list[Event] = []

        def look() -> bool:
            found[:] = [event for event in self.events[after:] if wanted(event)][:1]
            return bool(found)

        with self._news:
            if not self._news.wait_for(look, within):
                raise AssertionError(f"No such event within {within} s; the last were {self.events[-12:]}")
        return found[0]

    def next_statistics(self, wanted: Any = lambda _: True, within: float = 15) -> Event:
        """Return the next statistics that ``wanted`` accepts."""
        return self.wait_until(lambda e: e["event"] == "statistics" and wanted(e), within, after=len(self.events))

    def facts(self, name: str) -> list[Event]:
        """Return all facts of this name so far."""
        return [event for event in self.events if event["event"] == name]

    def stop(self) -> int:
        """Stop cleanly; returns the exit code."""
        assert self.process
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    def _read(self, connection: socket.socket) -> None:
        try:
            with connection.makefile("rb") as lines:
                for line in lines:
                    with self._news:
                        self.events.append(json.loads(line))
                        self._news.notify_all()
        except OSError:
            return  # disconnect() closed it


def as_picture(picture: tuple[str, Path]) -> dict[str, str]:
    """A picture as the protocol writes it."""
    return {"id": picture[0], "path": str(picture[1])}


def make_spec(folder: Path, picture: tuple[str, Path], **more: Any) -> dict[str, Any]:
    """A spec for tiny pictures (320x180 at 30), silent and going nowhere unless ``more`` says otherwise."""
    return {
        "station": "test",
        "run": uuid.uuid4().hex,
        "folder": str(folder / "station"),
        "socket": str(folder / "s"),
        "video": {"width": 320, "height": 180, "frame_rate": 30},
        "audio": {"sample_rate": 48000, "channels": 2, "bitrate": 128000},
        "picture": as_picture(picture),
        "cue": None,
        "source": {"kind": "silence"},
        "outputs": [],
        **more,
    }


def environment_root() -> Path:
    """A folder whose path is short enough for sockets."""
    return Path(os.environ.get("TMPDIR", "/tmp"))  # noqa: S108 - sockets need short paths
