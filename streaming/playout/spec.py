"""Reads specs and commands: JSON in, checked dataclasses out. The shapes stand in ``docs/playout.md``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from streaming.playout.errors import SpecError


@dataclass(frozen=True)
class PictureSpec:
    """A rendition: its id and absolute path."""

    id: str
    path: Path


@dataclass(frozen=True)
class Cue:
    """What an airing is for; ``track`` is opaque and given back as it came."""

    id: str | None
    track: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the cue as events carry it."""
        return {"id": self.id, "track": self.track}


@dataclass(frozen=True)
class Entry:
    """A track of a playlist; without a picture the current one stays."""

    id: str
    path: Path
    track: dict[str, Any]
    picture: PictureSpec | None


@dataclass(frozen=True)
class RadioSpec:
    """Sound from an HTTP(S) stream."""

    url: str
    titles: bool


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
class RtmpSpec:
    """An RTMP(S) destination; ``key`` is secret."""

    id: str
    url: str
    key: str = field(repr=False)


@dataclass(frozen=True)
class HlsSpec:
    """A folder that holds an HLS playlist and its segments."""

    id: str
    folder: Path


OutputSpec = RtmpSpec | HlsSpec


@dataclass(frozen=True)
class Spec:
    """Everything one run needs."""

    station: str
    run: str
    folder: Path
    socket: Path | None
    width: int
    height: int
    frame_rate: int
    sample_rate: int
    channels: int
    audio_bitrate: int
    picture: PictureSpec
    fallback: PictureSpec | None
    cue: Cue | None
    source: SourceSpec
    outputs: tuple[OutputSpec, ...]


def parse_spec(data: object) -> Spec:
    """Check a whole spec.

    Raises:
        SpecError: naming the first field that is missing or wrong.

    """
    top = _object(data, "spec")
    video = _object(top.get("video"), "video")
    audio = _object(top.get("audio"), "audio")
    socket = top.get("socket")
    return Spec(
        station=_text(top, "station"),
        run=_text(top, "run"),
        folder=_path(top, "folder"),
        socket=None if socket is None else _path(top, "socket"),
        width=_whole(video, "width", "video.", 64, 8192),
        height=_whole(video, "height", "video.", 64, 8192),
        frame_rate=_whole(video, "frame_rate", "video.", 1, 120),
        sample_rate=_whole(audio, "sample_rate", "audio.", 8000, 96000),
        channels=_whole(audio, "channels", "audio.", 1, 2),
        audio_bitrate=_whole(audio, "bitrate", "audio.", 16000, 512000),
        picture=parse_picture(top.get("picture"), "picture"),
        fallback=_optional_picture(top, "fallback", ""),
        cue=None if top.get("cue") is None else parse_cue(top["cue"], "cue"),
        source=parse_source(top.get("source"), "source"),
        outputs=parse_outputs(top.get("outputs"), "outputs"),
    )


def parse_picture(data: object, where: str) -> PictureSpec:
    """Check ``{"id", "path"}``."""
    given = _object(data, where)
    return PictureSpec(id=_text(given, "id", f"{where}."), path=_path(given, "path", f"{where}."))


def parse_cue(data: object, where: str) -> Cue:
    """Check ``{"id", "track"}``."""
    given = _object(data, where)
    return Cue(id=_text(given, "id", f"{where}."), track=_object(given.get("track", {}), f"{where}.track"))


def parse_source(data: object, where: str) -> SourceSpec:
    """Check a source of any kind."""
    given = _object(data, where)
    kind = given.get("kind")
    if kind == "silence":
        return SilenceSpec()
    if kind == "radio":
        url = _url(given, "url", f"{where}.", {"http", "https"})
        return RadioSpec(url=url, titles=bool(given.get("titles", True)))
    if kind == "playlist":
        entries = tuple(
            _entry(entry, f"{where}.entries[{place}]")
            for place, entry in enumerate(_list(given.get("entries"), f"{where}.entries"))
        )
        if not entries:
            raise SpecError(f"{where}.entries", "is empty; a playlist needs at least one track.")
        return PlaylistSpec(entries=entries, shuffle=bool(given.get("shuffle", False)))
    raise SpecError(f"{where}.kind", f"must be radio, playlist or silence, not {kind!r}.")


def parse_outputs(data: object, where: str) -> tuple[OutputSpec, ...]:
    """Check the outputs; ids must differ."""
    outputs = tuple(_output(item, f"{where}[{place}]") for place, item in enumerate(_list(data, where)))
    if len({output.id for output in outputs}) != len(outputs):
        raise SpecError(where, "two outputs have the same id.")
    return outputs


def _output(data: object, where: str) -> OutputSpec:
    given = _object(data, where)
    identity = _text(given, "id", f"{where}.")
    kind: Literal["rtmp", "hls"] | object = given.get("kind")
    if kind == "rtmp":
        url = _url(given, "url", f"{where}.", {"rtmp", "rtmps"})
        return RtmpSpec(id=identity, url=url, key=_text(given, "key", f"{where}."))
    if kind == "hls":
        return HlsSpec(id=identity, folder=_path(given, "folder", f"{where}."))
    raise SpecError(f"{where}.kind", f"must be rtmp or hls, not {kind!r}.")


def _entry(data: object, where: str) -> Entry:
    given = _object(data, where)
    return Entry(
        id=_text(given, "id", f"{where}."),
        path=_path(given, "path", f"{where}."),
        track=_object(given.get("track", {}), f"{where}.track"),
        picture=_optional_picture(given, "picture", f"{where}."),
    )


def _optional_picture(given: dict[str, Any], name: str, prefix: str) -> PictureSpec | None:
    return None if given.get(name) is None else parse_picture(given[name], f"{prefix}{name}")


def _object(data: object, where: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise SpecError(where, "must be a JSON object.")
    return data


def _list(data: object, where: str) -> list[Any]:
    if not isinstance(data, list):
        raise SpecError(where, "must be a JSON array.")
    return data


def _text(given: dict[str, Any], name: str, prefix: str = "") -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise SpecError(prefix + name, "must be a text that is not empty.")
    return value


def _path(given: dict[str, Any], name: str, prefix: str = "") -> Path:
    path = Path(_text(given, name, prefix))
    if not path.is_absolute():
        raise SpecError(prefix + name, f"must be an absolute path, not {str(path)!r}.")
    return path


def _url(given: dict[str, Any], name: str, prefix: str, schemes: set[str]) -> str:
    url = _text(given, name, prefix)
    try:
        parts = urlsplit(url)
        usable = parts.scheme in schemes and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError as error:
        raise SpecError(prefix + name, f"is not an address: {error}.") from error
    if not usable:
        raise SpecError(prefix + name, f"must start with {' or '.join(sorted(schemes))}:// and name a host.")
    return url


def _whole(given: dict[str, Any], name: str, prefix: str, least: int, most: int) -> int:
    value = given.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise SpecError(prefix + name, f"must be a whole number from {least} to {most}, not {value!r}.")
    return value
