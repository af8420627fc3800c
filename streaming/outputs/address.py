"""Takes apart what an operator types for a destination: kind, address, stream key, platform. Pure but for the relay's.

=========================================  ====================================================================
typed                                      is
=========================================  ====================================================================
``youtube``, ``twitch``, ``facebook``      the platform's own address, RTMP(S)
``rtmp://…``, ``rtmps://…``                RTMP(S); the key may be the last part of the path
``srt://host:port?latency=200``            SRT, calling; the key is the stream id (``streamid=`` is taken out)
``https://…/out.m3u8``, ``youtube-hls``    HLS push; ``{key}`` stands for the key
``recording``                              files on the node's disk, and in the media storage if wanted
``relay``                                  the relay of this installation (``RELAY_URL``)
=========================================  ====================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from streaming.outputs import address_kinds, platforms
from streaming.outputs.address_parts import check_key, split
from streaming.outputs.errors import DestinationInvalidError
from streaming.outputs.models import Destination
from streaming.outputs.relaying import make_name

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from streaming.outputs.address_kinds import Plain
    from streaming.outputs.platforms import Platform

__all__ = ["RECORDING", "RELAY", "Address", "check_key", "parse", "relay_url"]

DEFAULT_PORTS = {"rtmp": 1935, "rtmps": 443, "http": 80, "https": 443}
RECORDING, RELAY, YOUTUBE_HLS = "recording", "relay", "youtube-hls"
Kind = Destination.Kind
KINDS = {"rtmp": Kind.RTMP, "rtmps": Kind.RTMP, "srt": Kind.SRT, "http": Kind.HLS, "https": Kind.HLS}


@dataclass(frozen=True)
class Address:
    """Where to connect and what to publish as; ``url`` holds no secret, and is empty for a recording."""

    url: str
    key: str
    scheme: str
    host: str
    port: int
    label: str
    kind: Destination.Kind = Kind.RTMP
    platform: str = ""
    passphrase: str = ""


def parse(url: str, key: str = "", *, passphrase: str = "") -> Address:
    """Check what was typed, and split off the secrets in it unless they are given.

    Raises:
        DestinationInvalidError: ``field`` is ``url``, ``key`` or ``passphrase``.

    """
    word, key = url.strip().lower(), key.strip()
    if word == RECORDING:
        return _recording(key, passphrase)
    if word == RELAY:
        return _of(split(relay_url()), key or make_name(), passphrase, relay=True)
    if word == YOUTUBE_HLS:
        return _of(split(platforms.YOUTUBE_HLS), key, passphrase)
    known = platforms.by_slug(word)
    if known is not None and not known.url:
        raise DestinationInvalidError(
            f"{known.name} gives every account an address of its own: copy it from its settings; it begins with "
            "rtmps:// (rtmp:// is not taken).",
            field="url",
        )
    return _of(split(known.url if known else url.strip()), key, passphrase)


def relay_url() -> str:
    """Return the relay's address, without a key.

    Raises:
        DestinationInvalidError: none is configured; ``field`` is ``url``.

    """
    url = str(getattr(settings, "RELAY_URL", "") or "")
    if not url:
        raise DestinationInvalidError(
            "This installation has no relay: set RELAY_URL, or send to the platform itself.", field="url"
        )
    return url


def _of(parts: SplitResult, key: str, passphrase: str, *, relay: bool = False) -> Address:
    host = (parts.hostname or "").lower()
    known = platforms.by_host(host)
    kind = KINDS[parts.scheme]
    if known and known.tls_only and kind is Kind.RTMP and parts.scheme != "rtmps":
        raise DestinationInvalidError(f"{known.name} takes rtmps:// only: write rtmps:// for rtmp://.", field="url")
    if passphrase and kind is not Kind.SRT:
        raise DestinationInvalidError("Only SRT has a passphrase: leave it empty.", field="passphrase")
    plain = _plain(kind, parts, key, passphrase)
    return Address(
        url=plain.url,
        key=plain.key,
        passphrase=plain.passphrase,
        scheme=parts.scheme,
        host=host,
        port=parts.port or DEFAULT_PORTS.get(parts.scheme, 0),
        label=_label(known, host, relay=relay),
        kind=kind,
        platform=RELAY if relay else known.slug if known else "",
    )


def _plain(kind: Destination.Kind, parts: SplitResult, key: str, passphrase: str) -> Plain:
    if kind is Kind.SRT:
        return address_kinds.srt(parts, key, passphrase)
    return address_kinds.hls(parts, key) if kind is Kind.HLS else address_kinds.rtmp(parts, key)


def _label(known: Platform | None, host: str, *, relay: bool) -> str:
    if relay:
        return "Relay"
    return known.name if known else host


def _recording(key: str, passphrase: str) -> Address:
    for field, value in (("key", key), ("passphrase", passphrase)):
        if value:
            raise DestinationInvalidError("A recording has no key and no passphrase: leave both empty.", field=field)
    return Address(url="", key="", scheme="", host="", port=0, label="Recording", kind=Kind.RECORDING)
