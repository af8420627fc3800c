"""What the engine and the process that codes live pictures tell each other: docs/livepicture.md has it in words.

A message is one byte for its kind, four for the length of what follows (big endian), and that. Words are JSON; sound
and coded frames are binary.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol

HEAD = struct.Struct(">BI")
SOUND = struct.Struct(">Q")
FRAME = struct.Struct(">Q?")
LIMIT = 16 << 20


class Kind(IntEnum):
    """What a message is; up to 15 the engine speaks, from 16 on the process."""

    ORDER = 1
    BEGIN = 2
    SOUND = 3
    PICTURES = 4
    LOOK = 5
    LEAVE = 6
    READY = 16
    BEGUN = 17
    FRAME = 18
    SHOWN = 19
    TROUBLE = 20
    LEFT = 21
    GUEST = 21
    ENDED = 22


class WireError(Exception):
    """The other side ended in the middle of a message, or does not speak this."""


class Readable(Protocol):
    """What messages are read from: a pipe or socket as a buffered file."""

    def read(self, size: int, /) -> bytes | None:
        """Return ``size`` bytes, fewer only at the end."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message."""

    kind: Kind
    body: bytes

    @property
    def words(self) -> dict[str, Any]:
        """The body as JSON."""
        words: dict[str, Any] = json.loads(self.body)
        return words


def say(kind: Kind, /, **words: Any) -> bytes:
    """Return a message of words."""
    return pack(kind, json.dumps(words, separators=(",", ":")).encode())


def pack(kind: Kind, *parts: bytes) -> bytes:
    """Return a message of bytes."""
    return b"".join((HEAD.pack(kind, sum(map(len, parts))), *parts))


def pack_sound(sample: int, planes: tuple[bytes, ...]) -> bytes:
    """Return sound that goes out from ``sample`` on: 32-bit floats, one plane per channel; no planes are silence."""
    return pack(Kind.SOUND, SOUND.pack(sample), *planes)


def unpack_sound(body: bytes) -> tuple[int, memoryview]:
    """Return the sample and all planes, one after the other."""
    return SOUND.unpack_from(body)[0], memoryview(body)[SOUND.size :]


def pack_frame(offset: int, data: bytes, *, key: bool) -> bytes:
    """Return a coded frame; ``offset`` is its display position, counted from the first picture."""
    return pack(Kind.FRAME, FRAME.pack(offset, key), data)


def unpack_frame(body: bytes) -> tuple[int, bool, bytes]:
    """Return display position, whether it is a keyframe, and its data."""
    offset, key = FRAME.unpack_from(body)
    return offset, key, body[FRAME.size :]


def read(stream: Readable) -> Message | None:
    """Read a message, blocking; None at the end.

    Raises:
        WireError: the end came in the middle of one, or it is none of ours.

    """
    head = stream.read(HEAD.size)
    if not head:
        return None
    if len(head) < HEAD.size:
        raise WireError("The other side ended in the middle of a message.")
    kind, length = HEAD.unpack(head)
    if length > LIMIT or kind not in set(Kind):
        raise WireError(f"A message of kind {kind} and {length} bytes is none of ours.")
    body = stream.read(length) if length else b""
    if body is None or len(body) < length:
        raise WireError("The other side ended in the middle of a message.")
    return Message(Kind(kind), body)
