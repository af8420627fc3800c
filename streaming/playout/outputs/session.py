"""An RTMP(S) publishing session: handshake, commands, messages out, the server's words in."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from streaming.playout.errors import OutputError
from streaming.playout.lease import Fence
from streaming.playout.outputs import amf
from streaming.playout.outputs.chunks import (
    ACKNOWLEDGEMENT,
    COMMAND,
    SET_CHUNK_SIZE,
    USER_CONTROL,
    WINDOW_SIZE,
    ChunkError,
    ChunkReader,
    Message,
    write_message,
)
from streaming.playout.outputs.wire import Wire

VERSION = 3
HANDSHAKE = 1536
CHUNK_SIZE = 60_000
LISTEN_EVERY = 0.5
"""Seconds between looks at what the server has to say, while we send: nothing it says is urgent."""

CONTROL_CHANNEL, COMMAND_CHANNEL, AUDIO_CHANNEL, VIDEO_CHANNEL = 2, 3, 4, 6
PING, PONG = 6, 7


@dataclass(frozen=True)
class Address:
    """Where to publish; the key is the stream's name and secret."""

    host: str
    port: int
    secure: bool
    app: str
    url: str

    @classmethod
    def parse(cls, url: str) -> Address:
        """Read ``rtmp[s]://host[:port]/app``; a query belongs to the app."""
        parts = urlsplit(url)
        secure = parts.scheme == "rtmps"
        app = parts.path.strip("/") + (f"?{parts.query}" if parts.query else "")
        return cls(parts.hostname or "", parts.port or (443 if secure else 1935), secure, app, url.rstrip("/"))


class Session:
    """One connection. Calls block as :class:`Wire` does and raise :class:`OutputError`."""

    def __init__(self, address: Address, fence: Fence, *, private: bool) -> None:
        """Connect and shake hands. ``private``: also to this machine or a private network."""
        self._address = address
        self._reader = ChunkReader()
        self._early = bytearray()
        self._transaction = 0
        self._window = 2_500_000
        self._acknowledged = 0
        self._inbox: list[Message] = []
        self._chunk_size = 128
        self._stream = 0
        self._listened = 0.0
        self.sent = 0
        self._wire = Wire(address.host, address.port, fence, secure=address.secure, private=private)
        try:
            self._handshake()
        except BaseException:
            self.close()
            raise

    def publish(self, key: str) -> None:
        """Publish under ``key``: connect to the app, create a stream, wait for the server's yes."""
        app = {"app": self._address.app, "type": "nonprivate", "flashVer": "FMLE/3.0 (compatible; Longwave)"}
        self._send_chunk_size()
        self._await_result(self._command("connect", {**app, "tcUrl": self._address.url}))
        self._command("releaseStream", None, key)
        self._command("FCPublish", None, key)
        result = self._await_result(self._command("createStream", None))
        self._stream = int(result[3]) if len(result) > 3 and isinstance(result[3], float) else 1  # noqa: PLR2004
        self._command("publish", None, key, "live", stream=self._stream)
        self._await_publish()

    def write(self, messages: Sequence[tuple[int, Message]]) -> None:
        """Send (channel, message) pairs in one go."""
        self._send(b"".join(write_message(message, channel, self._chunk_size) for channel, message in messages))

    def send(self, parts: Sequence[bytes]) -> None:
        """Send chunks of media in one go, then hear now and then what the server has to say."""
        self._send(b"".join(parts))
        now = time.monotonic()
        if now - self._listened >= LISTEN_EVERY:
            self._listened = now
            self._listen()

    @property
    def stream(self) -> tuple[int, int]:
        """The stream's number and the chunk size, for whoever makes chunks."""
        return self._stream, self._chunk_size

    def message(self, kind: int, body: bytes, timestamp: int) -> Message:
        """Make a message of this session's stream."""
        return Message(kind, body, timestamp, self._stream)

    def goodbye(self, key: str) -> None:
        """End the publication so that the server knows it was meant."""
        self._command("FCUnpublish", None, key)
        self._command("deleteStream", None, float(self._stream))

    def close(self) -> None:
        """Close the connection."""
        self._wire.close()

    def _handshake(self) -> None:
        ours = bytes(8) + os.urandom(HANDSHAKE - 8)
        self._wire.send(bytes([VERSION]) + ours)
        theirs = self._exactly(1 + HANDSHAKE)
        if theirs[0] != VERSION:
            raise self._foreign("it speaks another protocol")
        self._wire.send(theirs[1:])
        self._exactly(HANDSHAKE)

    def _exactly(self, size: int) -> bytes:
        """Read so many bytes; what has come beyond them is the first of the server's chunks."""
        while len(self._early) < size:
            part = self._wire.receive()
            if not part:
                raise self._foreign("it hung up")
            self._early += part
        data = bytes(self._early[:size])
        del self._early[:size]
        return data

    def _foreign(self, why: str) -> OutputError:
        return OutputError(f"{self._address.host} does not answer as an RTMP server: {why}.")

    def _send_chunk_size(self) -> None:
        body = CHUNK_SIZE.to_bytes(4, "big")
        self._send(write_message(Message(SET_CHUNK_SIZE, body), CONTROL_CHANNEL, self._chunk_size))
        self._chunk_size = CHUNK_SIZE

    def _command(self, name: str, *values: Any, stream: int = 0) -> int:
        self._transaction += 1
        body = amf.encode(name, self._transaction, *values)
        self._send(write_message(Message(COMMAND, body, 0, stream), COMMAND_CHANNEL, self._chunk_size))
        return self._transaction

    def _send(self, data: bytes) -> None:
        self._wire.send(data)
        self.sent += len(data)

    def _await_result(self, transaction: int) -> list[Any]:
        while True:
            values = self._next_command()
            if values[1:2] != [transaction]:
                continue
            if values[0] == "_error":
                raise OutputError(_refusal(self._address.host, values))
            if values[0] == "_result":
                return values

    def _await_publish(self) -> None:
        while True:
            values = self._next_command()
            if values[0] == "_error":
                raise OutputError(_refusal(self._address.host, values))
            if values[0] == "onStatus" and _code(values) == "NetStream.Publish.Start":
                return

    def _next_command(self) -> list[Any]:
        """Wait for the server's next command; its complaints raise."""
        while True:
            while self._inbox:
                values = self._values(self._inbox.pop(0))
                if values:
                    return values
            self._receive()

    def _listen(self) -> None:
        """Handle what has arrived, without waiting."""
        while self._wire.has_news:
            self._receive()
        while self._inbox:
            self._values(self._inbox.pop(0))

    def _receive(self) -> None:
        data = bytes(self._early) or self._wire.receive()
        self._early.clear()
        if not data:
            raise OutputError(f"{self._address.host} closed the connection. {_advice(self._stream)}".strip())
        try:
            self._inbox += self._reader.feed(data)
        except ChunkError as error:
            raise OutputError(f"{self._address.host} does not speak RTMP: {error}.") from error

    def _values(self, message: Message) -> list[Any]:
        """Answer control messages; return a command's values, or nothing."""
        if message.kind == WINDOW_SIZE:
            self._window = int.from_bytes(message.body[:4], "big") or self._window
        elif message.kind == USER_CONTROL and message.body[:2] == PING.to_bytes(2, "big"):
            pong = Message(USER_CONTROL, PONG.to_bytes(2, "big") + message.body[2:6])
            self._send(write_message(pong, CONTROL_CHANNEL, self._chunk_size))
        if self._reader.received - self._acknowledged > self._window // 2:
            self._acknowledged = self._reader.received
            count = (self._acknowledged & 0xFFFFFFFF).to_bytes(4, "big")
            self._send(write_message(Message(ACKNOWLEDGEMENT, count), CONTROL_CHANNEL, self._chunk_size))
        if message.kind != COMMAND:
            return []
        try:
            values = amf.decode(message.body)
        except amf.AmfError as error:
            raise OutputError(f"{self._address.host} does not speak RTMP: {error}.") from error
        if values and values[0] == "onStatus" and _level(values) == "error":
            raise OutputError(_refusal(self._address.host, values))
        return values


def _information(values: list[Any]) -> dict[str, Any]:
    return next((value for value in reversed(values) if isinstance(value, dict)), {})


def _code(values: list[Any]) -> str:
    return str(_information(values).get("code", ""))


def _level(values: list[Any]) -> str:
    return str(_information(values).get("level", ""))


def _refusal(host: str, values: list[Any]) -> str:
    code, description = _code(values), str(_information(values).get("description", ""))[:200]
    if code == "NetStream.Publish.BadName":
        return f"{host} refused the stream key: it is wrong, or someone else is sending with it. Check the key."
    if code == "NetConnection.Connect.Rejected":
        return f"{host} refused the connection ({description or code}). Check the address."
    return f"{host} refused to take the stream: {description or code or 'no reason given'}."


def _advice(stream: int) -> str:
    return "" if stream else "It does so when the stream key or the address is wrong."
