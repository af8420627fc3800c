"""Where the stream goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from streaming.playout.errors import SpecError
from streaming.playout.spec.fields import a_list, an_object, path, text, url


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


def parse_outputs(data: object, where: str) -> tuple[OutputSpec, ...]:
    """Check the outputs; ids must differ."""
    outputs = tuple(_output(item, f"{where}[{place}]") for place, item in enumerate(a_list(data, where)))
    if len({output.id for output in outputs}) != len(outputs):
        raise SpecError(where, "two outputs have the same id.")
    return outputs


def _output(data: object, where: str) -> OutputSpec:
    given = an_object(data, where)
    identity = text(given, "id", f"{where}.")
    kind: Literal["rtmp", "hls"] | object = given.get("kind")
    if kind == "rtmp":
        address = url(given, "url", f"{where}.", {"rtmp", "rtmps"})
        return RtmpSpec(id=identity, url=address, key=text(given, "key", f"{where}."))
    if kind == "hls":
        return HlsSpec(id=identity, folder=path(given, "folder", f"{where}."))
    raise SpecError(f"{where}.kind", f"must be rtmp or hls, not {kind!r}.")
