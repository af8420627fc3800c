"""Commands in, events out: JSON lines over a unix socket, or over standard input and output."""

from __future__ import annotations

import json
import logging
import os
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from streaming.playout.engine import Engine
from streaming.playout.errors import SpecError
from streaming.playout.reporter import Event, Reporter
from streaming.playout.spec import (
    parse_cue,
    parse_lease,
    parse_look,
    parse_outputs,
    parse_picture,
    parse_sound,
    parse_source,
    parse_takeover,
    parse_transition,
)
from streaming.playout.spec.fields import number, text

log = logging.getLogger(__name__)
LINE_LIMIT = 4 << 20
SEND_TIMEOUT = 2.0
STATISTICS_EVERY = 1.0


class Controller:
    """Turns lines into the engine's methods and answers them."""

    def __init__(self, engine: Engine, reporter: Reporter) -> None:
        """Know the engine."""
        self.engine = engine
        self.reporter = reporter
        self._verbs: dict[str, Callable[[dict[str, Any]], None]] = {
            "show": self._show,
            "prepare": lambda command: engine.prepare(parse_picture(command.get("picture"), "picture")),
            "transition": lambda command: engine.set_transition(
                parse_transition(command.get("transition"), "transition"),
            ),
            "sound": lambda command: engine.set_sound(parse_sound(command.get("sound"), "sound")),
            "look": lambda command: engine.set_look(parse_look(command.get("look"), "look")),
            "takeover": lambda command: engine.set_takeover(parse_takeover(command.get("takeover"), "takeover")),
            "source": lambda command: engine.set_source(parse_source(command.get("source"), "source")),
            "outputs": lambda command: engine.set_outputs(parse_outputs(command.get("outputs"), "outputs")),
            "lease": lambda command: engine.set_lease(parse_lease(_present(command, "lease"), "lease")),
            "renew": lambda command: engine.renew(text(command, "output")),
            "statistics": lambda _: reporter.event("statistics", **engine.statistics()),
            "stop": lambda _: engine.stop(),
        }

    def line(self, line: bytes, tell: Callable[[Event], None]) -> None:
        """Carry out one line; ``tell`` sends an event to whoever wrote it."""
        identity: Any = None
        try:
            command = _command(line)
            identity = command.get("id")
            if command.get("do") == "hello":
                self._hello(command, tell)
            else:
                self._verb(command)(command)
        except SpecError as error:
            answer = {"event": "answer", "to": identity, "ok": False, "error": error.sentence, "field": error.field}
            tell(answer)
            return
        if identity is not None:
            tell({"event": "answer", "to": identity, "ok": True})

    def _verb(self, command: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
        verb = self._verbs.get(str(command.get("do")))
        if verb is None:
            raise SpecError("do", f"must be one of hello, {', '.join(sorted(self._verbs))}.")
        return verb

    def _hello(self, command: dict[str, Any], tell: Callable[[Event], None]) -> None:
        since = command.get("since", 0)
        if not isinstance(since, int) or since < 0:
            raise SpecError("since", "must be the number of the last fact you have, 0 for none.")
        self.reporter.listen(tell, since, lambda: {**self.engine.greeting(), "pid": os.getpid()})

    def _show(self, command: dict[str, Any]) -> None:
        at = None if command.get("at") is None else number(command, "at", "", 0, 1e9)
        self.engine.show(parse_cue(command.get("cue"), "cue"), parse_picture(command.get("picture"), "picture"), at)


def _present(command: dict[str, Any], name: str) -> Any:
    if name not in command:
        raise SpecError(name, "is missing; null means for ever.")
    return command[name]


def _command(line: bytes) -> dict[str, Any]:
    try:
        command = json.loads(line)
    except ValueError as error:
        raise SpecError("line", f"is not JSON: {error}.") from error
    if not isinstance(command, dict):
        raise SpecError("line", "must be a JSON object.")
    return command


class SocketServer:
    """Serves any number of connections on a unix socket; one that does not read is dropped."""

    def __init__(self, path: Path, controller: Controller) -> None:
        """Take the socket's path from whoever left it; the station's lock is already held."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.unlink(missing_ok=True)
        self._path = path
        self._controller = controller
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        mask = os.umask(0o177)
        try:
            self._server.bind(str(path))
        finally:
            os.umask(mask)
        self._server.listen()
        threading.Thread(target=self._accept, name="control", daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._server.close()
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:  # closed: the engine ends
                return
            threading.Thread(target=self._serve, args=(connection,), name="connection", daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        seconds = int(SEND_TIMEOUT).to_bytes(8, sys.byteorder) + bytes(8)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, seconds)
        sending = threading.Lock()

        def tell(event: Event) -> None:
            data = json.dumps(event, separators=(",", ":")).encode() + b"\n"
            try:
                with sending:
                    connection.sendall(data)
            except OSError:
                self._controller.reporter.forget(tell)
                _shut(connection)

        try:
            with connection.makefile("rb") as lines:
                _each_line(lines, lambda line: self._controller.line(line, tell))
        except OSError as error:
            log.info("A control connection broke: %s", error)
        finally:
            self._controller.reporter.forget(tell)
            connection.close()


def serve_standard_streams(controller: Controller) -> None:
    """Take commands from standard input; its end stops the engine. Events flow from the first on."""
    writing = threading.Lock()

    def tell(event: Event) -> None:
        with writing:
            sys.stdout.write(json.dumps(event) + "\n")
            sys.stdout.flush()

    def read() -> None:
        _each_line(sys.stdin.buffer, lambda line: controller.line(line, tell))
        controller.engine.stop()

    controller.reporter.listen(tell, 0, lambda: {**controller.engine.greeting(), "pid": os.getpid()})
    threading.Thread(target=read, name="control", daemon=True).start()


def tick_statistics(controller: Controller, stop: threading.Event) -> None:
    """Send statistics each second until stopped."""
    while not stop.wait(STATISTICS_EVERY):
        controller.reporter.event("statistics", **controller.engine.statistics())


def _each_line(lines: BinaryIO | Any, handle: Callable[[bytes], None]) -> None:
    while line := lines.readline(LINE_LIMIT):
        if line.strip():
            handle(line)


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError as error:
        log.debug("The connection was gone already: %s", error)
