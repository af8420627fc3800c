"""A small process that speaks docs/playout.md as an encoder does, and misbehaves when told to.

It sends nothing anywhere: there are no packets in it. ``python tests/fakes/encoder.py SPEC.json``. Commands of its
own: ``{"do": "fact", "fact": {…}}``, ``{"do": "hang"}`` (frames stand still), ``{"do": "mute"}`` (nothing is said
any more), ``{"do": "end", "code": 70}``. A file ``fake.json`` in its folder: ``{"exit": 70}`` ends it at once,
``{"refuse": "path"}`` refuses to show that picture, ``{"deaf": true}`` ignores being asked to stop,
``{"delay_ms": 3000}`` says that its sound goes out that late. ``--calm`` before the spec: statistics each second, as a
real encoder tells them, instead of ten times.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

TICK = 0.1
PARTS = ("transition", "look", "sound", "takeover", "lease")


class FakeEncoder:
    """All of it; one lock guards everything."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec = spec
        self.folder = Path(spec["folder"])
        self.habits = self._habits()
        self.journal = self.folder / f"journal-{spec['run']}.jsonl"
        self.sequence = 0
        self.frame = 0
        self.cue: dict[str, Any] | None = None
        self.picture = spec["picture"]["id"]
        self.seen: set[str] = set()
        self.coming: list[tuple[float, dict[str, Any]]] = []
        self.listeners: list[socket.socket] = []
        self.lock = threading.RLock()
        self.hangs = self.mute = False
        self.over = threading.Event()
        self.code = 0

    def _habits(self) -> dict[str, Any]:
        try:
            habits: dict[str, Any] = json.loads((self.folder / "fake.json").read_text())
        except FileNotFoundError:
            return {}
        return habits

    def run(self) -> int:
        with self.journal.open("a"):
            pass
        path = self.spec["socket"]
        Path(path).unlink(missing_ok=True)
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        server.bind(path)
        server.listen()
        threading.Thread(target=self._accept, args=(server,), daemon=True).start()
        self._begin()
        tick = 10 * TICK if "--calm" in sys.argv else TICK
        while not self.over.wait(tick):
            with self.lock:
                self.frame += 0 if self.hangs else round(30 * tick)
                self._air_what_is_due()
                self._say(self._statistics())
        return self.code

    def end(self, code: int) -> None:
        self.code = code
        self.over.set()

    def _begin(self) -> None:
        playlist = self.spec["source"].get("entries")
        if playlist:
            self._air({"id": None, "track": playlist[0]["track"]}, self.spec["picture"], "start", 0)
        elif self.spec["cue"]:
            self._air(self.spec["cue"], self.spec["picture"], "start", 0)

    @property
    def seconds(self) -> float:
        return self.frame / 30

    def _air_what_is_due(self) -> None:
        for at, command in [one for one in self.coming if one[0] <= self.seconds]:
            self.coming.remove((at, command))
            self._air(command["cue"], command["picture"], "show", 0)

    def _air(self, cue: dict[str, Any], picture: dict[str, Any], origin: str, ms: int) -> None:
        with self.lock:
            if cue["id"] in self.seen:
                return
            if cue["id"]:
                self.seen.add(cue["id"])
            self.cue, self.picture = cue, picture["id"]
            aired = {"event": "aired", "cue": cue, "picture": picture["id"], "frame": self.frame, "seam": "played"}
            self.fact({**aired, "switch_ms": ms, "origin": origin})

    def fact(self, fact: dict[str, Any]) -> None:
        with self.lock:
            self.sequence += 1
            line = {"at": time.time(), **fact, "seq": self.sequence}
            with self.journal.open("a") as file:
                file.write(json.dumps(line) + "\n")
            self._say(line)

    def _say(self, event: dict[str, Any], to: socket.socket | None = None) -> None:
        data = json.dumps({"at": time.time(), **event}).encode() + b"\n"
        with self.lock:
            for listener in [to] if to else list(self.listeners):
                if self.mute:
                    continue
                try:
                    listener.sendall(data)
                except OSError:
                    self.listeners = [one for one in self.listeners if one is not listener]

    def _statistics(self) -> dict[str, Any]:
        outputs = [
            {"id": o["id"], "up": True, "bytes": self.frame * 100, "reconnects": 0, "dropped": 0, "error": None}
            for o in self.spec["outputs"]
        ]
        source = {"up": True, "buffer_ms": 500, "silent": False, "error": None, "reconnects": 0}
        source["delay_ms"] = self.habits.get("delay_ms", 0)
        return {
            "event": "statistics",
            "frame": self.frame,
            "seconds": self.seconds,
            "source": source,
            "outputs": outputs,
        }

    def _accept(self, server: socket.socket) -> None:
        while True:
            connection, _ = server.accept()
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        for line in connection.makefile("rb"):
            self._do(json.loads(line), connection)

    def _do(self, command: dict[str, Any], connection: socket.socket) -> None:
        with self.lock:
            with (self.folder / "heard.jsonl").open("a") as heard:
                heard.write(json.dumps(command) + "\n")
            part = command["do"] in PARTS
            refused = None if part else getattr(self, f"do_{command['do']}")(command, connection)
            if "id" in command:
                self._say({"event": "answer", "to": command["id"], "ok": not refused, "error": refused}, connection)

    def do_hello(self, command: dict[str, Any], connection: socket.socket) -> None:
        state = "on_air" if self.frame else "starting"
        hello = {"event": "hello", "station": self.spec["station"], "run": self.spec["run"], "pid": os.getpid()}
        self._say(
            {**hello, "state": state, "cue": self.cue, "picture": self.picture, "sequence": self.sequence}, connection
        )
        for line in self.journal.read_text().splitlines():
            if json.loads(line)["seq"] > command["since"]:
                self._say(json.loads(line), connection)
        self.listeners.append(connection)

    def do_show(self, command: dict[str, Any], _: socket.socket) -> str | None:
        if command["picture"]["path"] == self.habits.get("refuse"):
            return "picture.path: this file cannot be read."
        at = command.get("at", 0)
        # As the engine does: the same cue again moves it, and a picture takes the place of those that come later.
        self.coming = [one for one in self.coming if one[0] < at and one[1]["cue"]["id"] != command["cue"]["id"]]
        if at > self.seconds:
            self.coming.append((at, command))
        else:
            self._air(command["cue"], command["picture"], "show", 40)
        return None

    def do_source(self, command: dict[str, Any], _: socket.socket) -> None:
        self.spec["source"] = command["source"]

    def do_outputs(self, command: dict[str, Any], _: socket.socket) -> None:
        self.spec["outputs"] = command["outputs"]

    def do_stop(self, _: dict[str, Any], __: socket.socket) -> None:
        if not self.habits.get("deaf"):
            self.end(0)

    def do_fact(self, command: dict[str, Any], _: socket.socket) -> None:
        self.fact(command["fact"])

    def do_hang(self, _: dict[str, Any], __: socket.socket) -> None:
        self.hangs = True

    def do_mute(self, _: dict[str, Any], __: socket.socket) -> None:
        self.mute = True

    def do_end(self, command: dict[str, Any], _: socket.socket) -> None:
        sys.stderr.write("told to end\n")
        self.end(command["code"])


def main() -> int:
    spec = json.loads(Path(sys.argv[-1]).read_text())
    lock = os.open(Path(spec["folder"]) / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return 75
    fake = FakeEncoder(spec)
    if "exit" in fake.habits:
        sys.stderr.write("I end at once\n")
        return int(fake.habits["exit"])
    signal.signal(signal.SIGTERM, lambda *_: None if fake.habits.get("deaf") else fake.end(0))
    return fake.run()


if __name__ == "__main__":
    sys.exit(main())
