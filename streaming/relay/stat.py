"""Reads nginx-rtmp's statistics (ngx_rtmp_stat_module); what is missing or odd in them counts as nothing. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from streaming.relay.errors import StatUnreadableError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LOCAL_RELAY = "ngx-local-relay"
BYTES_MOST = 4 * 1024 * 1024


@dataclass(frozen=True)
class Client:
    """A connection to the relay or from it.

    ``target`` is the last part of a push's address, the destination's id; a push's stream key is in none of this.
    """

    id: str
    target: str
    milliseconds: int
    timestamp: int
    dropped: int


@dataclass(frozen=True)
class StreamStat:
    """A stream: who publishes it, and the pushes that have it."""

    name: str = field(repr=False)
    bytes_in: int
    publishers: tuple[Client, ...]
    pushes: tuple[Client, ...]


def read_stat(body: bytes, *, application: str) -> dict[str, StreamStat]:
    """Return the streams of an application by name.

    Raises:
        StatUnreadableError: it is no XML of nginx-rtmp.

    """
    if len(body) > BYTES_MOST or b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise StatUnreadableError("The relay's statistics are no statistics of nginx-rtmp.")
    try:
        root = ET.fromstring(body)  # noqa: S314 - declarations, which could expand, are refused above
    except ET.ParseError as error:
        raise StatUnreadableError(f"The relay's statistics cannot be read: {error}.") from error
    if root.tag != "rtmp":
        raise StatUnreadableError("The relay's statistics are no statistics of nginx-rtmp.")
    found = [
        _stream(element)
        for app in root.iter("application")
        if _text(app, "name") == application
        for element in app.iter("stream")
    ]
    return {stream.name: stream for stream in found if stream.name}


def _stream(element: Element) -> StreamStat:
    clients = [(client, _client(client)) for client in element.findall("client")]
    return StreamStat(
        name=_text(element, "name"),
        bytes_in=_number(element, "bytes_in"),
        publishers=tuple(told for client, told in clients if client.find("publishing") is not None),
        pushes=tuple(told for client, told in clients if _text(client, "flashver") == LOCAL_RELAY),
    )


def _client(element: Element) -> Client:
    return Client(
        id=_text(element, "id"),
        target=_text(element, "address").rpartition("/")[2],
        milliseconds=_number(element, "time"),
        timestamp=_number(element, "timestamp"),
        dropped=_number(element, "dropped"),
    )


def _text(element: Element, name: str) -> str:
    return (element.findtext(name) or "").strip()


def _number(element: Element, name: str) -> int:
    text = _text(element, name)
    return int(text) if text.isascii() and text.isdigit() else 0
