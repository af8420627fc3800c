"""What the relay carries: each station's stream, the secret name it is published under, and where it is pushed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from config.lib.addresses import AddressRefusedError, NameUnknownError
from config.lib.vault import SealBrokenError
from streaming.outputs.errors import DestinationInvalidError
from streaming.outputs.guard import checked_addresses
from streaming.outputs.keys import stream_key
from streaming.outputs.models import Destination
from streaming.outputs.relaying import RELAY, check_via_relay

if TYPE_CHECKING:
    from collections.abc import Iterable

RTMP_PORT = 1935
NAME = re.compile(r"[A-Za-z0-9_-]{22,128}")
NAME_RULE = "its name must be made of at least 22 letters, digits, - and _: give it a new one, or remove and add it"


@dataclass(frozen=True)
class Push:
    """One way on: ``address`` was looked up and checked when this was made, ``url`` names the host."""

    destination: str
    name: str
    address: str
    port: int
    url: str
    application: str
    key: str = field(repr=False)


@dataclass(frozen=True)
class Stream:
    """A station's stream; whoever knows ``name`` may publish it."""

    station: str
    name: str = field(repr=False)
    pushes: tuple[Push, ...]


def streams() -> tuple[list[Stream], list[str]]:
    """Return what the relay is to carry now, and a sentence for each thing that is left out."""
    rows = Destination.objects.filter(enabled=True).select_related("station").order_by("station__slug", "created_at")
    inward = list(rows.filter(platform=RELAY))
    outward = list(rows.filter(via_relay=True))
    left_out: list[str] = []
    found = [stream for row in inward if (stream := _stream(row, outward, left_out))]
    stations = {stream.station for stream in found}
    cut_off = sorted({row.station.slug for row in outward} - stations)
    left_out += [f"{slug} does not send to the relay: destination add {slug} relay" for slug in cut_off]
    return found, left_out


def _stream(inward: Destination, outward: Iterable[Destination], left_out: list[str]) -> Stream | None:
    slug = inward.station.slug
    try:
        name = stream_key(inward)
    except SealBrokenError as error:
        left_out.append(f"{slug} is left out: {error}")
        return None
    if not NAME.fullmatch(name):
        left_out.append(f"{slug} is left out: {NAME_RULE}")
        return None
    rows = [row for row in outward if row.station_id == inward.station_id]
    return Stream(slug, name, tuple(push for row in rows if (push := _push(row, left_out))))


def _push(row: Destination, left_out: list[str]) -> Push | None:
    """Return where a destination lies now; nginx itself would not start with one name that is unknown."""
    parts = urlsplit(row.url)
    host, port = parts.hostname or "", parts.port or RTMP_PORT
    try:
        check_via_relay(row)
        address = checked_addresses(host, port, allow_private=row.allow_private)[0]
        key = stream_key(row)
    except (DestinationInvalidError, AddressRefusedError, NameUnknownError, SealBrokenError) as error:
        left_out.append(f"{row.name} of {row.station.slug} is left out: {error}")
        return None
    application = parts.path.strip("/") + (f"?{parts.query}" if parts.query else "")
    return Push(str(row.pk), row.name, address, port, row.url, application, key)
