"""The server's side of RTMP, written apart from the engine's so that both cannot share a mistake."""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from streaming.playout.outputs import amf

SET_CHUNK_SIZE, ACKNOWLEDGEMENT, WINDOW, BANDWIDTH, COMMAND = 1, 3, 5, 6, 20
HANDSHAKE = 1536
EXTENDED = 0xFFFFFF


class HungUpError(Exception):
    """The client closed the connection between two messages or within one."""


@dataclass
class _Channel:
    stamp: int = 0
    delta: int = 0
    length: int = 0
    kind: int = 0
    extended: bool = False
    body: bytearray = field(default_factory=bytearray)


class Wire:
    """Reads messages from a client and writes commands to it; both block."""

    def __init__(self, source: BinaryIO, sink: BinaryIO) -> None:
        """Take the two directions of a connection; ``source`` is buffered, ``sink`` is not."""
        self._source = source
        self._sink = sink
        self._chunk = 128
        self._channels: dict[int, _Channel] = {}

    def handshake(self) -> None:
        """Answer the client's greeting as a plain server does."""
        theirs = self._exactly(1 + HANDSHAKE)
        self._sink.write(theirs[:1] + bytes(8) + os.urandom(HANDSHAKE - 8) + theirs[1:])
        self._exactly(HANDSHAKE)

    def next(self) -> tuple[int, int, bytes]:
        """Return the next whole message: (type, timestamp in ms, body); control messages are handled."""
        while True:
            channel = self._one_chunk()
            if len(channel.body) < channel.length:
                continue
            body, channel.body = bytes(channel.body), bytearray()
            if channel.kind != SET_CHUNK_SIZE:
                return channel.kind, channel.stamp, body
            self._chunk = int.from_bytes(body[:4], "big")

    def command(self, *values: Any, stream: int = 0) -> None:
        """Send a command."""
        self._send(COMMAND, amf.encode(*values), stream)

    def window(self) -> None:
        """Tell the sizes every server tells after ``connect``."""
        self._send(WINDOW, struct.pack(">I", 2_500_000))
        self._send(BANDWIDTH, struct.pack(">IB", 2_500_000, 2))

    def status(self, level: str, code: str, description: str) -> None:
        """Send ``onStatus`` for the stream."""
        self.command("onStatus", 0.0, None, {"level": level, "code": code, "description": description}, stream=1)

    def _send(self, kind: int, body: bytes, stream: int = 0) -> None:
        head = bytes([3, 0, 0, 0]) + len(body).to_bytes(3, "big") + bytes([kind]) + struct.pack("<I", stream)
        pieces = [body[place : place + 128] for place in range(0, len(body), 128)]
        self._sink.write(head + b"\xc3".join(pieces))

    def _exactly(self, size: int) -> bytes:
        data = self._source.read(size)
        if len(data) < size:
            raise HungUpError
        return data

    def _number(self, size: int) -> int:
        return int.from_bytes(self._exactly(size), "big")

    def _one_chunk(self) -> _Channel:
        first = self._number(1)
        form, number = first >> 6, first & 0x3F
        if number < 2:
            number = 64 + int.from_bytes(self._exactly(1 + number), "little")
        channel = self._channels.setdefault(number, _Channel())
        self._header(channel, form)
        channel.body += self._exactly(min(self._chunk, channel.length - len(channel.body)))
        return channel

    def _header(self, channel: _Channel, form: int) -> None:
        """Read a message header (5.3.1.2): each form leaves out what is as before."""
        begins = not channel.body
        if form < 3:
            channel.delta = self._number(3)
            channel.extended = channel.delta == EXTENDED
        if form < 2:
            channel.length, channel.kind = self._number(3), self._number(1)
        if form == 0:
            self._exactly(4)
        if channel.extended:
            channel.delta = self._number(4)
        if form == 0:
            channel.stamp = channel.delta
        elif begins:
            channel.stamp = (channel.stamp + channel.delta) & 0xFFFFFFFF
