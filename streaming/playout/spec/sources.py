"""Where sound comes from, and what happens when it is lost."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streaming.playout.addresses import WEB_PORTS
from streaming.playout.errors import SpecError
from streaming.playout.spec.fields import a_list, an_object, number, path, text, url
from streaming.playout.spec.pictures import PictureSpec, optional_picture


@dataclass(frozen=True)
class Entry:
    """A track of a playlist; without a picture the current one stays."""

    id: str
    path: Path
    track: dict[str, Any]
    picture: PictureSpec | None


@dataclass(frozen=True)
class RadioSpec:
    """Sound from an HTTP(S) stream; with ``passthrough`` AAC that has the output's form goes out as it comes.

    ``private``: it may be on this machine or in a private network; ``ports``: ranges that addresses may name.
    """

    url: str
    titles: bool
    passthrough: bool = False
    private: bool = True
    ports: tuple[tuple[int, int], ...] = WEB_PORTS


@dataclass(frozen=True)
class PlaylistSpec:
    """Sound from files, for ever."""

    entries: tuple[Entry, ...]
    shuffle: bool


@dataclass(frozen=True)
class SilenceSpec:
    """No sound."""


SourceSpec = RadioSpec | PlaylistSpec | SilenceSpec


@dataclass(frozen=True)
class BackupSpec:
    """Sound to turn to while the main source is lost."""

    id: str
    name: str
    source: SourceSpec


@dataclass(frozen=True)
class SilenceRule:
    """When silence counts as loss: below ``db`` (dBFS) for ``seconds``."""

    db: float
    seconds: float


@dataclass(frozen=True)
class NormaliseSpec:
    """Bring the sound to ``lufs``, and never let its true peak pass ``peak_db`` (dBTP)."""

    lufs: float
    peak_db: float


@dataclass(frozen=True)
class SoundSpec:
    """What happens when the main source is lost, and how loud it all is."""

    backups: tuple[BackupSpec, ...] = ()
    emergency: PlaylistSpec | None = None
    return_after: float = 10.0
    silence: SilenceRule | None = None
    normalise: NormaliseSpec | None = None


@dataclass(frozen=True)
class TakeoverSpec:
    """A presenter's live stream, pulled from the ingest server."""

    id: str
    name: str
    url: str


def parse_source(data: object, where: str) -> SourceSpec:
    """Check a source of any kind."""
    given = an_object(data, where)
    kind = given.get("kind")
    if kind == "silence":
        return SilenceSpec()
    if kind == "radio":
        address = url(given, "url", f"{where}.", {"http", "https"})
        passthrough = bool(given.get("passthrough", False))
        titles, private = bool(given.get("titles", True)), bool(given.get("private", True))
        ports = _ports(given.get("ports"), f"{where}.ports")
        return RadioSpec(url=address, titles=titles, passthrough=passthrough, private=private, ports=ports)
    if kind == "playlist":
        entries = tuple(
            _entry(entry, f"{where}.entries[{place}]")
            for place, entry in enumerate(a_list(given.get("entries"), f"{where}.entries"))
        )
        if not entries:
            raise SpecError(f"{where}.entries", "is empty; a playlist needs at least one track.")
        return PlaylistSpec(entries=entries, shuffle=bool(given.get("shuffle", False)))
    raise SpecError(f"{where}.kind", f"must be radio, playlist or silence, not {kind!r}.")


def parse_sound(data: object, where: str) -> SoundSpec:
    """Check what happens when the main source is lost."""
    given = an_object(data, where)
    backups = tuple(
        _backup(item, f"{where}.backups[{place}]")
        for place, item in enumerate(a_list(given.get("backups", []), f"{where}.backups"))
    )
    return SoundSpec(
        backups=backups,
        emergency=_emergency(given.get("emergency"), f"{where}.emergency"),
        return_after=number({"return_after": 10.0, **given}, "return_after", f"{where}.", 0, 3600),
        silence=_silence(given.get("silence"), f"{where}.silence"),
        normalise=_normalise(given.get("normalise"), f"{where}.normalise"),
    )


def parse_takeover(data: object, where: str) -> TakeoverSpec | None:
    """Check a presenter's stream; null ends one."""
    if data is None:
        return None
    given = an_object(data, where)
    return TakeoverSpec(
        id=text(given, "id", f"{where}."),
        name=str(given.get("name", "")),
        url=url(given, "url", f"{where}.", {"rtmp"}),
    )


def _backup(data: object, where: str) -> BackupSpec:
    given = an_object(data, where)
    return BackupSpec(
        id=text(given, "id", f"{where}."),
        name=str(given.get("name", "")),
        source=parse_source(given.get("source"), f"{where}.source"),
    )


def _emergency(data: object, where: str) -> PlaylistSpec | None:
    if data is None:
        return None
    source = parse_source(data, where)
    if not isinstance(source, PlaylistSpec):
        raise SpecError(f"{where}.kind", "must be playlist.")
    return source


def _silence(data: object, where: str) -> SilenceRule | None:
    if data is None:
        return None
    given = an_object(data, where)
    return SilenceRule(number(given, "db", f"{where}.", -90, -20), number(given, "seconds", f"{where}.", 1, 3600))


def _normalise(data: object, where: str) -> NormaliseSpec | None:
    if data is None:
        return None
    given = an_object(data, where)
    return NormaliseSpec(number(given, "lufs", f"{where}.", -31, -9), number(given, "peak_db", f"{where}.", -9, 0))


def _entry(data: object, where: str) -> Entry:
    given = an_object(data, where)
    return Entry(
        id=text(given, "id", f"{where}."),
        path=path(given, "path", f"{where}."),
        track=an_object(given.get("track", {}), f"{where}.track"),
        picture=optional_picture(given, "picture", f"{where}."),
    )


def _ports(given: object, where: str) -> tuple[tuple[int, int], ...]:
    """Return ranges of ports, as in ``[[80, 80], [8000, 9000]]``."""
    if given is None:
        return WEB_PORTS
    ranges = [a_list(pair, where) for pair in a_list(given, where)]
    if not all(len(pair) == 2 and all(isinstance(port, int) for port in pair) for pair in ranges):  # noqa: PLR2004
        raise SpecError(where, "must be pairs of first and last port.")
    return tuple((pair[0], pair[1]) for pair in ranges)
