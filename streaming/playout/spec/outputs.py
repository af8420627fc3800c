"""Where the stream goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from streaming.playout.errors import SpecError
from streaming.playout.spec.fields import a_list, an_object, number, one_of, path, text, url, whole

DAY = 24 * 3600
LONGEST_S = 20 * DAY
"""Seconds a connection may live at most: FLV's timestamps break at 2³¹ ms, 24.8 days."""

OVERLAPS = ("none", "same", "backup")
LONGEST_RECORDING_S = 6 * 3600
SRT_PAYLOAD_LATENCY_MS = 120
"""Milliseconds of latency that SRT agrees on unless told otherwise (draft-sharabayko-srt-01, 4.4)."""


@dataclass(frozen=True)
class RenewSpec:
    """When a connection is ended on purpose, and whether its successor may overlap it."""

    after_s: int = LONGEST_S
    quiet_hour: int | None = None
    overlap: str = "none"


@dataclass(frozen=True)
class RtmpSpec:
    """An RTMP(S) destination; ``key`` is secret. ``start_ms`` is where its first connection's time begins."""

    id: str
    url: str
    key: str = field(repr=False)
    backup_url: str | None = None
    private: bool = False
    renew: RenewSpec = RenewSpec()
    start_ms: int = 0


@dataclass(frozen=True)
class SrtSpec:
    """An SRT listener that we call; ``key`` (the stream id) and ``passphrase`` are secret."""

    id: str
    url: str
    key: str = field(default="", repr=False)
    passphrase: str = field(default="", repr=False)
    latency_ms: int = SRT_PAYLOAD_LATENCY_MS
    private: bool = False
    renew: RenewSpec = RenewSpec()


@dataclass(frozen=True)
class HlsPushSpec:
    """An HTTP(S) address to which a playlist and segments are PUT; ``{key}`` in it stands for the secret key."""

    id: str
    url: str
    key: str = field(default="", repr=False)
    private: bool = False


@dataclass(frozen=True)
class RecordingSpec:
    """A folder in which files of so many seconds are kept."""

    id: str
    folder: Path
    segment_s: int


@dataclass(frozen=True)
class HlsSpec:
    """A folder that holds an HLS playlist and its segments."""

    id: str
    folder: Path


NetworkSpec = RtmpSpec | SrtSpec | HlsPushSpec
OutputSpec = NetworkSpec | RecordingSpec | HlsSpec


def same_way(one: OutputSpec, other: OutputSpec) -> bool:
    """Tell whether a connection made for one serves the other: same address, same key.

    When it is renewed, where else it may go and what it may reach are for the next connection.
    """
    return _address(one) == _address(other)


def _address(spec: OutputSpec) -> OutputSpec:
    if isinstance(spec, RtmpSpec):
        return replace(spec, backup_url=None, private=False, renew=RenewSpec())
    if isinstance(spec, SrtSpec):
        return replace(spec, private=False, renew=RenewSpec())
    if isinstance(spec, HlsPushSpec):
        return replace(spec, private=False)
    if isinstance(spec, RecordingSpec):
        return replace(spec, segment_s=0)
    return spec


def parse_outputs(data: object, where: str) -> tuple[OutputSpec, ...]:
    """Check the outputs; ids must differ."""
    outputs = tuple(_output(item, f"{where}[{place}]") for place, item in enumerate(a_list(data, where)))
    if len({output.id for output in outputs}) != len(outputs):
        raise SpecError(where, "two outputs have the same id.")
    return outputs


def parse_lease(data: object, where: str) -> float | None:
    """Return until when it may send, in seconds of CLOCK_BOOTTIME; None: for ever."""
    if data is None:
        return None
    given = an_object(data, where)
    return None if given.get("until") is None else number(given, "until", f"{where}.", 0, 1e12)


def _output(data: object, where: str) -> OutputSpec:
    given = an_object(data, where)
    identity = text(given, "id", f"{where}.")
    kind = given.get("kind")
    reader = READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        raise SpecError(f"{where}.kind", f"must be one of {', '.join(READERS)}, not {kind!r}.")
    return reader(given, identity, f"{where}.")


def _rtmp(given: dict[str, Any], identity: str, prefix: str) -> RtmpSpec:
    backup = None
    if given.get("backup_url") is not None:
        backup = url(given, "backup_url", prefix, {"rtmp", "rtmps"})
    renew = _renew(given.get("renew"), f"{prefix}renew")
    if renew.overlap == "backup" and backup is None:
        raise SpecError(f"{prefix}renew.overlap", "backup needs a backup_url that can stand in.")
    return RtmpSpec(
        id=identity,
        url=url(given, "url", prefix, {"rtmp", "rtmps"}),
        key=text(given, "key", prefix),
        backup_url=backup,
        private=_flag(given, "private", prefix),
        renew=renew,
        start_ms=0 if given.get("start_ms") is None else whole(given, "start_ms", prefix, 0, 2**31 - 1),
    )


def _srt(given: dict[str, Any], identity: str, prefix: str) -> SrtSpec:
    address = url(given, "url", prefix, {"srt"})
    parts = urlsplit(address)
    if parts.port is None:
        raise SpecError(f"{prefix}url", "must name a port, as in srt://host:9000.")
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    foreign = sorted(set(query) - {"latency", "mode"})
    if foreign or query.get("mode", "caller") != "caller":
        raise SpecError(
            f"{prefix}url",
            f"may carry latency (milliseconds) and mode=caller, not {', '.join(foreign) or 'another mode'}. "
            "A stream id goes into key, a passphrase into passphrase.",
        )
    latency = query.get("latency", str(SRT_PAYLOAD_LATENCY_MS))
    if not latency.isascii() or not latency.isdigit() or int(latency) > 60_000:  # noqa: PLR2004
        raise SpecError(f"{prefix}url", "latency must be a whole number of milliseconds up to 60000.")
    renew = _renew(given.get("renew"), f"{prefix}renew")
    if renew.overlap != "none":
        raise SpecError(
            f"{prefix}renew.overlap", "must be none: an SRT listener takes one sender of a stream at a time."
        )
    return SrtSpec(
        id=identity,
        url=address,
        key=_optional(given, "key", prefix, 512),
        passphrase=_passphrase(given, prefix),
        latency_ms=int(latency),
        private=_flag(given, "private", prefix),
        renew=renew,
    )


def _passphrase(given: dict[str, Any], prefix: str) -> str:
    passphrase = _optional(given, "passphrase", prefix, 79)
    if passphrase and len(passphrase.encode()) < 10:  # noqa: PLR2004 - libsrt's limits
        raise SpecError(f"{prefix}passphrase", "must have 10 to 79 bytes.")
    return passphrase


def _hls_push(given: dict[str, Any], identity: str, prefix: str) -> HlsPushSpec:
    address = url(given, "url", prefix, {"http", "https"})
    if ".m3u8" not in address:
        raise SpecError(f"{prefix}url", "must name the playlist, as in https://host/path/out.m3u8.")
    key = _optional(given, "key", prefix, 1024)
    if "{key}" in address and not key:
        raise SpecError(f"{prefix}key", "is missing, and the address has a place for it.")
    return HlsPushSpec(id=identity, url=address, key=key, private=_flag(given, "private", prefix))


def _recording(given: dict[str, Any], identity: str, prefix: str) -> RecordingSpec:
    return RecordingSpec(
        id=identity,
        folder=path(given, "folder", prefix),
        segment_s=whole(given, "segment_s", prefix, 1, LONGEST_RECORDING_S),
    )


def _hls(given: dict[str, Any], identity: str, prefix: str) -> HlsSpec:
    return HlsSpec(id=identity, folder=path(given, "folder", prefix))


READERS: dict[str, Callable[[dict[str, Any], str, str], OutputSpec]] = {
    "rtmp": _rtmp,
    "srt": _srt,
    "hls_push": _hls_push,
    "recording": _recording,
    "hls": _hls,
}


def _renew(data: object, where: str) -> RenewSpec:
    if data is None:
        return RenewSpec()
    given = an_object(data, where)
    quiet = given.get("quiet_hour")
    return RenewSpec(
        after_s=LONGEST_S if given.get("after_s") is None else whole(given, "after_s", f"{where}.", 10, LONGEST_S),
        quiet_hour=None if quiet is None else whole(given, "quiet_hour", f"{where}.", 0, 23),
        overlap=one_of({"overlap": "none", **given}, "overlap", f"{where}.", OVERLAPS),
    )


def _flag(given: dict[str, Any], name: str, prefix: str) -> bool:
    value = given.get(name, False)
    if not isinstance(value, bool):
        raise SpecError(prefix + name, f"must be true or false, not {value!r}.")
    return value


def _optional(given: dict[str, Any], name: str, prefix: str, most: int) -> str:
    value = given.get(name, "")
    if not isinstance(value, str) or len(value.encode()) > most:
        raise SpecError(prefix + name, f"must be a text of at most {most} bytes.")
    return value
