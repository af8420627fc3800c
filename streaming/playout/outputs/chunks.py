"""RTMP messages as chunks on the wire (Adobe, "RTMP Specification 1.0", section 5)."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

EXTENDED = 0xFFFFFF
SET_CHUNK_SIZE, ABORT, ACKNOWLEDGEMENT, USER_CONTROL, WINDOW_SIZE, PEER_BANDWIDTH = 1, 2, 3, 4, 5, 6
AUDIO, VIDEO, DATA, COMMAND = 8, 9, 18, 20
MESSAGE_LIMIT = 1 << 20


class ChunkError(ValueError):
    """The peer's bytes are no RTMP."""


@dataclass(frozen=True, slots=True)
class Message:
    """A whole RTMP message."""

    kind: int
    body: bytes
    timestamp: int = 0
    stream: int = 0


def write_message(message: Message, channel: int, chunk_size: int) -> bytes:
    """Split a message into chunks: a full header, then continuations.

    A timestamp from 2²⁴−1 on goes into the extended field, which continuations repeat.
    """
    extended = message.timestamp >= EXTENDED
    head = struct.pack(">B", channel) + min(message.timestamp, EXTENDED).to_bytes(3, "big")
    head += len(message.body).to_bytes(3, "big") + bytes([message.kind]) + struct.pack("<I", message.stream)
    tail = struct.pack(">I", message.timestamp & 0xFFFFFFFF) if extended else b""
    parts = [head + tail, message.body[:chunk_size]]
    for start in range(chunk_size, len(message.body), chunk_size):
        parts += [bytes([0xC0 | channel]) + tail, message.body[start : start + chunk_size]]
    return b"".join(parts)


def write_media(
    parts: list[bytes],
    message: tuple[int, int, int],
    body: tuple[bytes, bytes],
    stream: tuple[int, int],
) -> None:
    """Append a message of media as chunks, without copying its data.

    Args:
        parts: what is to be sent, later joined.
        message: its channel, kind and timestamp in milliseconds.
        body: a few bytes of tag header, and the data.
        stream: the message stream's number and the chunk size.

    """
    channel, kind, stamp = message
    before, data = body
    number, chunk_size = stream
    size = len(before) + len(data)
    if size > chunk_size or stamp >= EXTENDED:
        parts.append(write_message(Message(kind, before + data, stamp, number), channel, chunk_size))
        return
    # channel and timestamp, length and kind, then the one field that is little-endian
    parts.append(_HEAD.pack(channel << 24 | stamp, size << 8 | kind, _swapped(number)) + before)
    parts.append(data)


_HEAD = struct.Struct(">III")


def _swapped(number: int) -> int:
    return int.from_bytes(number.to_bytes(4, "little"), "big")


@dataclass
class _Channel:
    timestamp: int = 0
    length: int = 0
    kind: int = 0
    stream: int = 0
    extended: bool = False
    body: bytearray = field(default_factory=bytearray)


class ChunkReader:
    """Puts a peer's messages together from bytes as they come."""

    def __init__(self) -> None:
        """Start with the protocol's chunk size of 128 bytes."""
        self._data = bytearray()
        self._channels: dict[int, _Channel] = {}
        self.chunk_size = 128
        self.received = 0

    def feed(self, data: bytes) -> list[Message]:
        """Add bytes; return the messages they complete.

        Raises:
            ChunkError: a message is larger than any we expect, or a continuation has no beginning.

        """
        self._data += data
        self.received += len(data)
        messages: list[Message] = []
        while (used := self._chunk(messages)) > 0:
            del self._data[:used]
        return messages

    def _chunk(self, messages: list[Message]) -> int:
        """Read one chunk if it is there whole; return its length on the wire, else 0."""
        header = self._basic()
        if header is None:
            return 0
        form, number, place = header
        size = (11, 7, 3, 0)[form]
        if len(self._data) < place + size:
            return 0
        known = self._channels.get(number)
        if known is None and form:
            raise ChunkError(f"channel {number} begins with a continuation")
        channel = _Channel(**vars(known)) if known else _Channel()
        place = self._header(channel, form, place)
        if place == 0:
            return 0
        take = min(self.chunk_size, channel.length - len(channel.body))
        if len(self._data) < place + take:
            return 0
        channel.body = channel.body + self._data[place : place + take]
        if len(channel.body) == channel.length:
            messages.append(Message(channel.kind, bytes(channel.body), channel.timestamp, channel.stream))
            self._control(messages[-1])
            channel.body = bytearray()
        self._channels[number] = channel
        return place + take

    def _basic(self) -> tuple[int, int, int] | None:
        """Return (header form, channel, bytes used)."""
        if not self._data:
            return None
        form, number = self._data[0] >> 6, self._data[0] & 0x3F
        extra = {0: 1, 1: 2}.get(number, 0)
        if len(self._data) < 1 + extra:
            return None
        if extra:
            number = 64 + int.from_bytes(self._data[1 : 1 + extra], "little")
        return form, number, 1 + extra

    def _header(self, channel: _Channel, form: int, place: int) -> int:
        """Read the message header into ``channel``; return where the payload starts, 0 if it is not all there."""
        data = self._data
        stamp = 0
        if form <= 2:  # noqa: PLR2004 - forms 0, 1 and 2 carry a timestamp
            stamp = int.from_bytes(data[place : place + 3], "big")
            channel.extended = stamp == EXTENDED
        if form <= 1:
            channel.length = int.from_bytes(data[place + 3 : place + 6], "big")
            channel.kind = data[place + 6]
            if channel.length > MESSAGE_LIMIT:
                raise ChunkError(f"a message of {channel.length} bytes")
        if form == 0:
            channel.stream = int.from_bytes(data[place + 7 : place + 11], "little")
        place += (11, 7, 3, 0)[form]
        if channel.extended:
            if len(data) < place + 4:
                return 0
            stamp = int.from_bytes(data[place : place + 4], "big")
            place += 4
        if form == 0:
            channel.timestamp = stamp
        elif form <= 2:  # noqa: PLR2004
            channel.timestamp += stamp
        return place

    def _control(self, message: Message) -> None:
        if message.kind == SET_CHUNK_SIZE and len(message.body) >= 4:  # noqa: PLR2004
            self.chunk_size = max(1, int.from_bytes(message.body[:4], "big") & 0x7FFFFFFF)
