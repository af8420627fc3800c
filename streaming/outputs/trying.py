"""Tries a destination without publishing anything: whether a server of its kind is there, or a disk with room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from config.lib.addresses import AddressRefusedError, NameUnknownError
from streaming.outputs import address as addresses
from streaming.outputs import disk, guard, reaching, rtmp, srt
from streaming.outputs.errors import DestinationInvalidError
from streaming.outputs.models import Destination
from streaming.outputs.reaching import NoAnswerError, Target

if TYPE_CHECKING:
    from collections.abc import Callable

Kind = Destination.Kind
SHAKES: dict[str, Callable[[Target], float]] = {
    Kind.RTMP: rtmp.shake_hands,
    Kind.SRT: srt.shake_hands,
    Kind.HLS: reaching.connect_only,
}
SAYS = {
    Kind.RTMP: "answered as an RTMP server within {ms:.0f} ms. "
    "Whether it takes the stream key shows when the station goes on air.",
    Kind.SRT: "answered as an SRT receiver within {ms:.0f} ms. "
    "Whether it takes stream id and passphrase shows when the station goes on air.",
    Kind.HLS: "took the connection within {ms:.0f} ms. Whether it takes files shows when the station goes on air.",
}


@dataclass(frozen=True)
class TestResult:
    """What trying something out showed: whether it works, and a sentence for the operator."""

    ok: bool
    sentence: str

    __test__ = False  # not a test class, whatever pytest thinks of the name


def try_destination(*, destination: Destination) -> TestResult:
    """Connect to every address it has, as far as can be done without its key; nothing is published."""
    if destination.kind == Kind.RECORDING:
        return TestResult(*disk.try_recording(destination))
    try:
        told = [_try(destination, url) for url in _urls(destination)]
    except (DestinationInvalidError, AddressRefusedError, NameUnknownError, NoAnswerError) as error:
        return TestResult(ok=False, sentence=str(error))
    return TestResult(ok=True, sentence=" ".join(told))


def _urls(destination: Destination) -> list[str]:
    if destination.platform == addresses.RELAY:
        return [addresses.relay_url()]
    backup = destination.backup_url if destination.backup != Destination.Backup.OFF else ""
    return [url for url in (destination.url, backup) if url]


def _try(destination: Destination, url: str) -> str:
    """Connect to one address, to the very address that was checked."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or addresses.DEFAULT_PORTS.get(parts.scheme, 0)
    private = destination.allow_private or destination.platform == addresses.RELAY
    target = Target(host, port, parts.scheme, guard.checked_addresses(host, port, allow_private=private))
    seconds = SHAKES[destination.kind](target)
    return f"{host} {SAYS[Kind(destination.kind)].format(ms=seconds * 1000)}"
