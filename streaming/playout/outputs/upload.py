"""PUTs files over one connection that is kept, to a checked address (RFC 9110, 9112)."""

from __future__ import annotations

import http.client
import io
from http import HTTPStatus
from typing import TYPE_CHECKING

from streaming.playout.errors import OutputError
from streaming.playout.lease import Fence
from streaming.playout.outputs.wire import Wire

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MOST_ANSWER = 64 << 10
OK, REDIRECTION = 200, 300
REFUSED = frozenset({401, 403, 404})


class Upload:
    """One server. Connections are made when they are needed."""

    def __init__(self, place: tuple[str, int], fence: Fence, *, secure: bool, private: bool) -> None:
        """``place``: host and port."""
        self._connection = _Connection(place, fence, secure=secure, private=private)
        self._host = place[0]

    def put(self, path: str, data: bytes, kind: str, what: str) -> None:
        """Put a file.

        Raises:
            OutputError: it is not taken; neither the path, which may hold a key, nor the server's words are repeated.

        """
        kept = self._connection.sock is not None
        try:
            status = self._try(path, data, kind)
        except (http.client.HTTPException, OutputError):
            self._connection.close()
            if not kept:
                raise
            # The server may have ended a connection that was idle; a new one decides.
            status = self._try(path, data, kind)
        if not OK <= status < REDIRECTION:
            raise OutputError(f"{self._host} did not take {what}: it answered {_words(status)}.{_advice(status)}")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _try(self, path: str, data: bytes, kind: str) -> int:
        try:
            self._connection.request("PUT", path, data, {"Content-Type": kind, "User-Agent": "Longwave"})
            answer = self._connection.getresponse()
            answer.read(MOST_ANSWER)
            if not answer.isclosed():
                self._connection.close()
        except http.client.HTTPException as error:
            self._connection.close()
            raise OutputError(f"{self._host} does not answer as a web server: {type(error).__name__}.") from error
        except OutputError:
            self._connection.close()
            raise
        return int(answer.status)


class _Connection(http.client.HTTPConnection):
    """HTTP over a :class:`Wire`."""

    def __init__(self, place: tuple[str, int], fence: Fence, *, secure: bool, private: bool) -> None:
        super().__init__(*place)
        self.default_port = 443 if secure else 80
        self._fence = fence
        self._secure = secure
        self._private = private

    def connect(self) -> None:
        wire = Wire(self.host, self.port, self._fence, secure=self._secure, private=self._private)
        self.sock = _Socket(wire)


class _Socket:
    """What http.client asks of a socket."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def sendall(self, data: bytes) -> None:
        self._wire.send(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Answer(self._wire))

    def close(self) -> None:
        self._wire.close()


class _Answer(io.RawIOBase):
    """What the server sends, as a file."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, into: WriteableBuffer) -> int:
        room = memoryview(into)
        data = self._rest or self._wire.receive()
        count = min(len(room), len(data))
        room[:count] = data[:count]
        self._rest = data[count:]
        return count


def _words(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _advice(status: int) -> str:
    if status in REFUSED:
        return " Check the address and the key."
    return " It sends us elsewhere, where we do not go; enter the new address." if REDIRECTION <= status < 400 else ""  # noqa: PLR2004
