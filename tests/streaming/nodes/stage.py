"""A station's folder with a fake encoder to put in it, and ways to look and to wait."""

from __future__ import annotations

import json
import socket
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import psutil

from streaming.nodes import process
from streaming.nodes.board import Board
from streaming.nodes.difference import Wanted
from streaming.nodes.folder import EncoderFolder
from streaming.nodes.machine import Life, State
from streaming.nodes.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FAKE = (sys.executable, str(Path(__file__).parents[2] / "fakes" / "encoder.py"))
SLATE = {"id": "slate", "path": "/slate.mp4"}
WANTED = Wanted(
    station="night-fm",
    video={"width": 1280, "height": 720, "frame_rate": 30},
    audio={"sample_rate": 48000, "channels": 2, "bitrate": 160000},
    source={"kind": "silence"},
    outputs=(),
    picture={"id": "first", "path": "/first.mp4"},
    slate=SLATE,
)
PATIENCE = 20.0


def until(true: Callable[[], Any], what: str = "it", seconds: float = PATIENCE) -> Any:
    """Wait until something holds; fail with its name if it does not."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = true()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{what} did not come within {seconds} s")


def say(folder: EncoderFolder, **command: Any) -> None:
    """Say something to the encoder past its node."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
        link.connect(str(folder.socket))
        link.sendall(json.dumps(command).encode() + b"\n")


def heard(folder: EncoderFolder, do: str) -> list[dict[str, Any]]:
    """Return the commands of one kind that a fake encoder got, over all its lives."""
    file = folder.path / "heard.jsonl"
    lines = file.read_text().splitlines() if file.exists() else []
    return [c for line in lines if (c := json.loads(line))["do"] == do]


def behave(folder: EncoderFolder, **habits: Any) -> None:
    """Give the fakes to come in this folder a habit."""
    folder.make()
    (folder.path / "fake.json").write_text(json.dumps(habits))


class Stage:
    """One station without a database."""

    def __init__(self) -> None:
        self.folder = EncoderFolder(uuid4())
        self.folder.make()
        self.watches: list[Watch] = []

    def watch(self, life: Life | None = None, stored: dict[UUID, int] | None = None) -> Watch:
        """Start a watch."""
        watch = Watch(self.folder, Board(), life=life, stored=stored, command=FAKE)
        self.watches.append(watch)
        watch.start()
        return watch

    def on_air(self, wanted: Wanted = WANTED) -> Watch:
        """Start a watch and have it on air."""
        watch = self.watch()
        watch.want(wanted)
        self.wait(watch, State.RUNNING)
        return watch

    def abandon(self, watch: Watch) -> None:
        """End a watch as a killed node would: the encoder hears nothing of it."""
        watch.leave()
        watch.join(5)
        assert not watch.is_alive()

    def wait(self, watch: Watch, *states: State, seconds: float = PATIENCE) -> None:
        assert watch.board.wait_for_state(*states, seconds=seconds), f"{states} did not come: {watch.board.status()}"

    def pid(self, watch: Watch) -> int:
        """The pid of a fake that is on air."""
        return int(until(lambda: watch.board.status().pid, "a pid"))

    def say(self, **command: Any) -> None:
        say(self.folder, **command)

    def living(self) -> list[int]:
        """The pids of all encoders of this folder."""
        return living(self.folder)

    def close(self) -> None:
        for watch in self.watches:
            watch.leave()
        for watch in self.watches:
            watch.join(10)
        for pid in self.living():
            psutil.Process(pid).kill()


def living(folder: EncoderFolder) -> list[int]:
    """Return the pids of every process that was started with this folder's spec and is not dead."""
    found = process.find_by_spec(folder.spec)
    return [one.pid for one in found if not one.ended()]


@contextmanager
def stage() -> Iterator[Stage]:
    """Give a stage and leave nothing behind."""
    one = Stage()
    try:
        yield one
    finally:
        one.close()
