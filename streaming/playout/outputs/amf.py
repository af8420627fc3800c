"""AMF0, the value encoding of RTMP commands (Adobe, "Action Message Format AMF 0", 2007)."""

from __future__ import annotations

import struct
from typing import Any

NUMBER, BOOLEAN, STRING, OBJECT, NULL, UNDEFINED, MAP, OBJECT_END, ARRAY = 0, 1, 2, 3, 5, 6, 8, 9, 10
LONG_STRING = 12
DEPTH_LIMIT = 16


class AmfError(ValueError):
    """The bytes are no AMF0."""


def encode(*values: Any) -> bytes:
    """Encode numbers, booleans, texts, None and dicts."""
    return b"".join(_encode(value) for value in values)


def decode(data: bytes) -> list[Any]:
    """Decode a sequence of values.

    Raises:
        AmfError: it is cut short or holds a type we do not know.

    """
    values: list[Any] = []
    place = 0
    try:
        while place < len(data):
            value, place = _decode(data, place, 0)
            values.append(value)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise AmfError(str(error)) from error
    return values


def _encode(value: Any) -> bytes:
    if value is None:
        return bytes([NULL])
    if isinstance(value, bool):
        return bytes([BOOLEAN, value])
    if isinstance(value, int | float):
        return struct.pack(">Bd", NUMBER, value)
    if isinstance(value, str):
        return bytes([STRING]) + _text(value)
    if isinstance(value, dict):
        body = b"".join(_text(name) + _encode(item) for name, item in value.items())
        return bytes([OBJECT]) + body + b"\x00\x00" + bytes([OBJECT_END])
    raise TypeError(f"AMF0 has no {type(value).__name__} here.")


def _text(value: str) -> bytes:
    data = value.encode()
    return struct.pack(">H", len(data)) + data


def _decode(data: bytes, place: int, depth: int) -> tuple[Any, int]:
    if depth > DEPTH_LIMIT:
        raise AmfError("too deep")
    kind = data[place]
    place += 1
    if kind == NUMBER:
        return struct.unpack_from(">d", data, place)[0], place + 8
    if kind == BOOLEAN:
        return bool(data[place]), place + 1
    if kind == STRING:
        return _decode_text(data, place)
    if kind == LONG_STRING:
        (length,) = struct.unpack_from(">I", data, place)
        return data[place + 4 : place + 4 + length].decode(), place + 4 + length
    if kind in {NULL, UNDEFINED}:
        return None, place
    if kind in {OBJECT, MAP}:
        return _decode_object(data, place + (4 if kind == MAP else 0), depth)
    if kind == ARRAY:
        return _decode_array(data, place, depth)
    raise AmfError(f"type {kind}")


def _decode_text(data: bytes, place: int) -> tuple[str, int]:
    (length,) = struct.unpack_from(">H", data, place)
    return data[place + 2 : place + 2 + length].decode(), place + 2 + length


def _decode_object(data: bytes, place: int, depth: int) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    while True:
        name, place = _decode_text(data, place)
        if not name and data[place] == OBJECT_END:
            return found, place + 1
        found[name], place = _decode(data, place, depth + 1)


def _decode_array(data: bytes, place: int, depth: int) -> tuple[list[Any], int]:
    (count,) = struct.unpack_from(">I", data, place)
    place += 4
    found: list[Any] = []
    for _ in range(count):
        value, place = _decode(data, place, depth + 1)
        found.append(value)
    return found, place
