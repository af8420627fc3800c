"""RTMP's chunks (Adobe, RTMP 1.0, 5.3) taken apart without copying sound and pictures: just commands are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from streaming.playout.outputs.chunks import COMMAND, SET_CHUNK_SIZE

EXTENDED = 0xFFFFFF
HEADERS = (11, 7, 3, 0)


@dataclass
class Channel:
    """What the last header on a channel said, and how much of its message is still to come."""

    stamp: int = 0
    delta: int = 0
    length: int = 0
    kind: int = 0
    extended: bool = False
    left: int = 0
    body: bytearray = field(default_factory=bytearray)


class Wire:
    """Feeds on bytes as they come; gives (kind, timestamp, body) of each message, the body of commands only."""

    def __init__(self) -> None:
        """Start with the protocol's chunk size."""
        self._size = 128
        self._channels: dict[int, Channel] = {}
        self._head = b""
        self._current: Channel | None = None
        self._chunk_left = 0

    def feed(self, data: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Give the messages that these bytes complete."""
        data, self._head = self._head + data, b""
        place, end = 0, len(data)
        while place < end:
            if self._chunk_left == 0:
                used = self._begin(data, place)
                if used == 0:
                    self._head = data[place:]
                    return
                place += used
            channel = self._current
            if channel is None:
                raise ValueError("a chunk without a channel")
            take = min(self._chunk_left, end - place)
            if channel.kind in {COMMAND, SET_CHUNK_SIZE}:
                channel.body += data[place : place + take]
            place += take
            self._chunk_left -= take
            channel.left -= take
            if channel.left == 0:
                yield self._finished(channel)

    def _finished(self, channel: Channel) -> tuple[int, int, bytes]:
        body = bytes(channel.body)
        channel.body.clear()
        if channel.kind == SET_CHUNK_SIZE:
            self._size = int.from_bytes(body[:4], "big")
        return channel.kind, channel.stamp, body

    def _begin(self, data: bytes, place: int) -> int:
        """Read a chunk's header; returns its length, 0 if it is not all there."""
        form, number = data[place] >> 6, data[place] & 0x3F
        size = 1 + HEADERS[form]
        if len(data) - place < size:
            return 0
        channel = self._channels.setdefault(number, Channel())
        at = place + 1
        stamp = int.from_bytes(data[at : at + 3], "big") if form < 3 else channel.delta
        extended = stamp == EXTENDED if form < 3 else channel.extended
        if extended:
            if len(data) - place < size + 4:
                return 0
            stamp = int.from_bytes(data[place + size : place + size + 4], "big")
            size += 4
        self._note(channel, form, stamp, data[at + 3 : at + 7])
        channel.extended = extended
        self._current, self._chunk_left = channel, min(self._size, channel.left)
        return size

    def _note(self, channel: Channel, form: int, stamp: int, rest: bytes) -> None:
        """Take over what a header says; a continuation of a message says nothing new."""
        if form < 2:
            channel.length, channel.kind = int.from_bytes(rest[:3], "big"), rest[3]
        if channel.left:
            return
        channel.left = channel.length
        channel.stamp = stamp if form == 0 else channel.stamp + stamp
        channel.delta = 0 if form == 0 else stamp
