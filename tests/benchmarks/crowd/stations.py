"""Many real engines: starts them one after another, changes their pictures, hears what they say."""

from __future__ import annotations

import json
import os
import selectors
import socket
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.benchmarks.crowd.material import CODING

ROOT = Path(__file__).resolve().parents[3]
LEAD = 3.0
"""Seconds between asking for a picture and its instant: what a title in the sound gives."""

START_LIMIT = 60.0


@dataclass
class Station:
    """One engine, its connection, and what it said."""

    number: int
    folder: Path
    process: subprocess.Popen[bytes]
    connection: socket.socket | None = None
    rest: bytes = b""
    seconds: float = 0.0
    statistics: dict[str, Any] = field(default_factory=dict)
    seams: dict[str, int] = field(default_factory=dict)
    switches: list[int] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    asked: int = 0

    @property
    def on_air(self) -> bool:
        """Whether it sends, with sound."""
        outputs = self.statistics.get("outputs") or [{}]
        return (
            bool(outputs[0].get("up")) and self.statistics["source"]["up"] and not self.statistics["source"]["silent"]
        )

    def hear(self, event: dict[str, Any]) -> None:
        """Note an event."""
        if event["event"] == "statistics":
            self.statistics, self.seconds = event, event["seconds"]
        elif event["event"] == "aired" and event["origin"] == "show":
            self.seams[event["seam"]] = self.seams.get(event["seam"], 0) + 1
            self.switches.append(event["switch_ms"])
        elif event["event"] == "error":
            self.errors.append(event["message"])


class Stations:
    """All of them; the driver's one thread."""

    def __init__(self, folder: Path, pictures: list[Path], spec: dict[str, Any], environment: dict[str, str]) -> None:
        """``spec`` is what all specs share; ``{n}`` in keys and folders of outputs is a station's number."""
        self.all: list[Station] = []
        self._folder = folder
        self._pictures = pictures
        self._spec = spec
        self._environment = {**os.environ, **environment}
        self._selector = selectors.DefaultSelector()

    def start(self, at_once: int) -> None:
        """Start one more when fewer than ``at_once`` are on their way."""
        while sum(not station.on_air for station in self.all) >= at_once:
            self.listen(0.2)
        self._spawn(len(self.all))

    def wait_on_air(self) -> None:
        """Wait until all are.

        Raises:
            TimeoutError: one is not.

        """
        end = time.monotonic() + START_LIMIT
        while not all(station.on_air for station in self.all):
            if time.monotonic() > end:
                raise TimeoutError("not all stations are on air; see the logs in " + str(self._folder))
            self.listen(0.2)

    def run(self, seconds: float, change_every: float) -> None:
        """Let them play; each changes its picture at its own time."""
        began = time.monotonic()
        due = {s.number: began + change_every * s.number / len(self.all) for s in self.all}
        while (now := time.monotonic()) < began + seconds:
            for station in self.all:
                if change_every and due[station.number] <= now:
                    due[station.number] += change_every
                    self._show(station)
            self.listen(0.1)

    def listen(self, timeout: float) -> None:
        """Hear what they say for a moment."""
        end = time.monotonic() + timeout
        while (left := end - time.monotonic()) > 0:
            for key, _ in self._selector.select(left):
                self._read(key.data)
            for station in self.all:
                if station.connection is None:
                    self._connect(station)

    def stop(self) -> None:
        """End them."""
        for station in self.all:
            station.process.terminate()
        for station in self.all:
            station.process.wait(20)

    def _spawn(self, number: int) -> None:
        folder = self._folder / f"{number}"
        folder.mkdir()
        spec = json.loads(json.dumps(self._spec).replace("{n}", str(number)))
        spec |= {"station": f"s{number}", "run": uuid.uuid4().hex, "folder": str(folder), "socket": str(folder / "s")}
        spec["picture"] = {"id": "0", "path": str(self._pictures[0])}
        (folder / "spec.json").write_text(json.dumps(spec))
        with (folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "streaming.playout", str(folder / "spec.json")],
                cwd=ROOT, env=self._environment, stdin=subprocess.DEVNULL, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.all.append(Station(number, folder, process))

    def _connect(self, station: Station) -> None:
        if station.process.poll() is not None:
            raise RuntimeError((station.folder / "log").read_text())
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(str(station.folder / "s"))
        except OSError:
            connection.close()
            time.sleep(0.02)  # it has only just begun
            return
        station.connection = connection
        connection.sendall(b'{"do": "hello", "since": 0}\n')
        self._selector.register(connection, selectors.EVENT_READ, station)

    def _read(self, station: Station) -> None:
        if station.connection is None:
            return
        data = station.connection.recv(65536)
        if not data:
            raise RuntimeError(f"station {station.number} ended: " + (station.folder / "log").read_text())
        *lines, station.rest = (station.rest + data).split(b"\n")
        for line in lines:
            station.hear(json.loads(line))

    def _show(self, station: Station) -> None:
        if station.connection is None:
            return
        station.asked += 1
        place = (station.asked + station.number) % len(self._pictures)
        cue = {"id": uuid.uuid4().hex, "track": {"number": station.asked}}
        picture = {"id": f"{station.asked}", "path": str(self._pictures[place])}
        command = {"do": "show", "cue": cue, "picture": picture, "at": station.seconds + LEAD}
        station.connection.sendall(json.dumps(command).encode() + b"\n")


def make_spec(radio: str, sink: str, transition: str, *, passthrough: bool, preview: str) -> dict[str, Any]:
    """Return what all specs share; ``preview`` is a folder, "" for none."""
    source: dict[str, Any] = {"kind": "radio", "url": radio, "titles": True}
    if passthrough:
        source["passthrough"] = True
    outputs: list[dict[str, Any]] = [{"id": "d", "kind": "rtmp", "url": sink, "key": "s{n}", "private": True}]
    if preview:
        outputs.append({"id": "preview", "kind": "hls", "folder": preview + "/{n}"})
    return {
        "video": {"width": 1280, "height": 720, "frame_rate": 30},
        "audio": {"sample_rate": 48_000, "channels": 2, "bitrate": 160_000},
        "coding": CODING,
        "transition": {"kind": transition, "ms": 1000},
        "source": source,
        "outputs": outputs,
    }
