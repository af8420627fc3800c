"""A platform's ingest of ours: takes RTMP publishes, remembers every tag, and breaks when told to."""

from __future__ import annotations

import socket
import struct
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO, Self

from streaming.playout.outputs import amf
from tests.fakes.egress import AUDIO, VIDEO, Egress
from tests.fakes.rtmp_server import COMMAND, HungUpError, Wire

FLV = b"FLV\x01\x05\x00\x00\x00\x09\x00\x00\x00\x00"
RESET = struct.pack("ii", 1, 0)


@dataclass(eq=False)
class Publish:
    """One publisher's time on one key. Times are seconds since 1970; ``ended`` is None while it goes on."""

    key: str
    began: float
    ended: float | None = None
    how: str = ""
    """How it ended: ``goodbye`` (meant), ``hung up`` (the connection just ended) or ``cut`` (by us)."""
    last_media: float = 0.0
    egress: Egress = field(default_factory=Egress)
    recording: Path | None = None

    @property
    def first_media(self) -> float:
        """When its first picture arrived; 0 while there is none."""
        return self.egress.video.at[0] if self.egress.video.at else 0.0


class FakeIngest:
    """Listens as ``rtmp://…/live``; ``publishes`` holds every publish there was, oldest first.

    A second publisher of a key is taken (and shows in :meth:`overlaps`) unless ``one_each`` is set, as with nginx-rtmp.
    With a ``folder`` each publish is written there as FLV.
    """

    def __init__(self, *, one_each: bool = False, folder: Path | None = None, host: str = "127.0.0.1") -> None:
        """Listen on a free port."""
        self._host = host
        self.one_each = one_each
        self.refusing = ""
        """``key``: every key is refused in RTMP's words; ``reset``: connections are reset as they come."""
        self.publishes: list[Publish] = []
        self.connections: list[float] = []
        self._folder = folder
        self._news = threading.Condition()
        self._flowing = True
        self._open: dict[socket.socket, Publish | None] = {}
        self._cuts: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._server: socket.socket | None = None
        self.port = 0
        self.back()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.gone()
        self.release()

    @property
    def url(self) -> str:
        """The address before the key."""
        return f"rtmp://{self._host}:{self.port}/live"

    def stall(self) -> None:
        """Stop reading: the senders' windows fill."""
        self._flowing = False

    def release(self) -> None:
        """Read again."""
        with self._news:
            self._flowing = True
            self._news.notify_all()

    def reset(self) -> None:
        """Reset every connection."""
        for connection in list(self._open):
            self._cut(connection)

    def gone(self) -> None:
        """Listen no more and reset every connection: the platform is down."""
        if self._server is not None:
            self._server.shutdown(socket.SHUT_RDWR)
            self._server.close()
            self._server = None
        self.reset()

    def back(self) -> None:
        """Listen again, on the same port."""
        server = socket.socket()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        server.bind((self._host, self.port))
        server.listen(64)
        self.port = server.getsockname()[1]
        self._server = server
        threading.Thread(target=self._accept, args=(server,), daemon=True).start()

    def of(self, key: str) -> list[Publish]:
        """Return the publishes of a key, oldest first."""
        return [one for one in list(self.publishes) if one.key == key]

    def live(self, key: str) -> list[Publish]:
        """Return who publishes under the key now."""
        return [one for one in self.of(key) if one.ended is None]

    def wait_for(self, key: str, *, count: int = 1, within: float = 20) -> Publish:
        """Return the key's ``count``-th publish once its first picture is there."""

        def there() -> bool:
            return len(self.of(key)) >= count and self.of(key)[count - 1].first_media > 0

        self.wait_until(there, within, f"publish {count} of {key}")
        return self.of(key)[count - 1]

    def wait_until(self, true: Callable[[], object], within: float, what: str) -> None:
        """Wait until something holds; looked at with everything that arrives."""
        with self._news:
            if not self._news.wait_for(true, within):
                raise AssertionError(f"{what} did not come within {within} s")

    def overlaps(self, key: str | None = None) -> list[tuple[Publish, Publish, float]]:
        """Return each two publishes of one key whose pictures were sent at the same time, and for how many seconds."""
        found = []
        for name in {one.key for one in list(self.publishes)} if key is None else {key}:
            sent = sorted((one for one in self.of(name) if one.first_media), key=lambda one: one.first_media)
            for place, one in enumerate(sent):
                both = [
                    (other, min(one.last_media, other.last_media) - other.first_media) for other in sent[place + 1 :]
                ]
                found += [(one, other, seconds) for other, seconds in both if seconds > 0]
        return found

    def gaps(self, key: str) -> list[float]:
        """Return the seconds without pictures between each two neighbouring publishes of a key."""
        sent = [one for one in self.of(key) if one.first_media]
        return [later.first_media - earlier.last_media for earlier, later in pairwise(sent)]

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            self.connections.append(time.time())
            if self.refusing == "reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                connection.close()
                continue
            self._open[connection] = None
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        """Speak with one client until it or we end it."""
        how = "hung up"
        try:
            with connection.makefile("rb", 65536) as source, connection.makefile("wb", 0) as sink:
                how = self._talk(connection, source, sink)
        except (HungUpError, OSError):
            pass  # `how` says it
        finally:
            publish = self._open.pop(connection, None)
            connection.close()
            if publish is not None:
                with self._news:
                    publish.ended = time.time()
                    publish.how = publish.how or how
                    self._news.notify_all()

    def _talk(self, connection: socket.socket, source: Any, sink: Any) -> str:
        wire = Wire(source, sink)
        wire.handshake()
        while True:
            if not self._flowing:
                self._wait_for_release(connection)
            kind, stamp, body = wire.next()
            if kind in {AUDIO, VIDEO}:
                self._media(self._open.get(connection), kind, stamp, body)
            elif kind == COMMAND and not self._command(connection, wire, amf.decode(body)):
                return "goodbye"

    def _command(self, connection: socket.socket, wire: Wire, values: list[Any]) -> bool:
        """Answer a command; False when it ends the publication."""
        name, number = values[0], values[1]
        if name == "connect":
            wire.window()
            wire.command("_result", number, {"fmsVer": "FMS/3,0"}, {"code": "NetConnection.Connect.Success"})
        elif name == "createStream":
            wire.command("_result", number, None, 1.0)
        elif name == "publish":
            self._publish(connection, wire, str(values[3]))
        return name not in {"deleteStream", "FCUnpublish"}

    def _publish(self, connection: socket.socket, wire: Wire, key: str) -> None:
        if self.refusing == "key" or (self.one_each and self.live(key)):
            wire.status("error", "NetStream.Publish.BadName", "Already publishing")
            return
        publish = Publish(key, time.time())
        if self._folder is not None:
            publish.recording = self._folder / f"{key}-{len(self.of(key)) + 1}.flv"
            publish.recording.write_bytes(FLV)
        with self._news:
            self._open[connection] = publish
            self.publishes.append(publish)
            self._news.notify_all()
        wire.status("status", "NetStream.Publish.Start", "Start publishing")

    def _media(self, publish: Publish | None, kind: int, stamp: int, body: bytes) -> None:
        if publish is None:
            return  # it was refused and sends all the same
        if publish.recording is not None:
            with publish.recording.open("ab") as file:
                write_tag(file, kind, stamp, body)
        with self._news:
            publish.last_media = time.time()
            publish.egress.note(kind, body, stamp, publish.last_media)
            self._news.notify_all()

    def _wait_for_release(self, connection: socket.socket) -> None:
        with self._news:
            self._news.wait_for(lambda: self._flowing or connection in self._cuts)

    def _cut(self, connection: socket.socket) -> None:
        publish = self._open.get(connection)
        if publish is not None:
            publish.how = "cut"
        with self._news:
            self._cuts.add(connection)
            self._news.notify_all()
        try:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            connection.shutdown(socket.SHUT_RD)  # its reader wakes and closes it, which sends the reset
        except OSError:
            return  # it ended by itself


def write_tag(file: BinaryIO, kind: int, stamp: int, body: bytes) -> None:
    """Write one FLV tag (Adobe, "Video File Format Specification", annex E.4)."""
    head = bytes([kind]) + len(body).to_bytes(3, "big") + (stamp & 0xFFFFFF).to_bytes(3, "big")
    file.write(head + bytes([stamp >> 24 & 0xFF, 0, 0, 0]) + body + (11 + len(body)).to_bytes(4, "big"))
