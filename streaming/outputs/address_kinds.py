"""How the addresses of each kind are taken apart: what is secret in them is split off. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode

from streaming.outputs.address_parts import EXAMPLE, check_key, check_passphrase
from streaming.outputs.errors import DestinationInvalidError

if TYPE_CHECKING:
    from urllib.parse import SplitResult

APP_AND_KEY = 2
KEY_PLACE = "{key}"
LATENCY_MOST_MS = 8000
SRT_EXAMPLE = "for example srt://live.example.org:9999?latency=200"
HLS_EXAMPLE = "for example https://host/live/{key}/out.m3u8"
YOUTUBE_HLS_HOST = "upload.youtube.com"


@dataclass(frozen=True)
class Plain:
    """An address without secrets, and the secrets that stood in it or were given beside it."""

    url: str
    key: str = ""
    passphrase: str = ""


def rtmp(parts: SplitResult, key: str) -> Plain:
    """Return the address without the key, and the key; a query after a key belongs to the key."""
    segments = [segment for segment in parts.path.split("/") if segment]
    if not segments:
        raise _wrong(f"The address names no application: add it after the host, {EXAMPLE}.")
    query = f"?{parts.query}" if parts.query else ""
    if not key and len(segments) >= APP_AND_KEY:
        key, query = segments.pop() + query, ""
    return Plain(f"{parts.scheme}://{parts.netloc}/{'/'.join(segments)}{query}", check_key(key))


def srt(parts: SplitResult, key: str, passphrase: str) -> Plain:
    """Return ``srt://host:port?latency=…``; a stream id and a passphrase in the query are taken out of it.

    Longwave calls the receiver; the other way round (``mode=listener``) nobody could tell who is listening.
    """
    if parts.port is None:
        raise _wrong(f"An SRT address needs its port, {SRT_EXAMPLE}.")
    if parts.path.strip("/") or parts.fragment:
        raise _wrong(
            f"An SRT address ends after the port and its options; the stream id goes with the key, {SRT_EXAMPLE}."
        )
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    key = key or options.pop("streamid", "")
    passphrase = passphrase or options.pop("passphrase", "")
    if options.pop("mode", "caller") != "caller":
        raise _wrong("Longwave calls SRT receivers and does not wait for them: take mode=listener out of the address.")
    for name in set(options) - {"latency"}:
        raise _wrong(f"The SRT option {name[:40]!r} is not known here: only latency, in milliseconds, can be set.")
    latency = options.get("latency", "")
    if latency and not (latency.isascii() and latency.isdigit() and int(latency) <= LATENCY_MOST_MS):
        raise _wrong(f"SRT's latency is a whole number of milliseconds, {LATENCY_MOST_MS} at most, {SRT_EXAMPLE}.")
    query = f"?{urlencode(options)}" if latency else ""
    return Plain(
        f"srt://{parts.netloc}{query}",
        check_key(key) if key else "",
        check_passphrase(passphrase) if passphrase else "",
    )


def hls(parts: SplitResult, key: str) -> Plain:
    """Return where the playlist is put; ``{key}`` in it stands for the key, YouTube's ``cid`` is one."""
    url = parts.geturl()
    if (parts.hostname or "").endswith(YOUTUBE_HLS_HOST):
        options = dict(parse_qsl(parts.query))
        cid = options.get("cid", "")
        if cid and cid != KEY_PLACE:
            key, url = key or cid, url.replace(f"cid={quote(cid)}", f"cid={KEY_PLACE}")
    if not _names_a_playlist(parts):
        raise _wrong(
            f"An address for HLS push ends with its playlist, {HLS_EXAMPLE}. "
            "Everything else begins with rtmp://, rtmps:// or srt://."
        )
    if KEY_PLACE in url:
        return Plain(url, check_key(key))
    if key:
        raise _wrong(f"Write {KEY_PLACE} where the key stands in the address, {HLS_EXAMPLE}, or leave the key empty.")
    return Plain(url)


def _names_a_playlist(parts: SplitResult) -> bool:
    named = [parts.path, *(value for name, value in parse_qsl(parts.query) if name == "file")]
    return any(name.endswith(".m3u8") for name in named)


def _wrong(sentence: str) -> DestinationInvalidError:
    return DestinationInvalidError(sentence, field="url")
