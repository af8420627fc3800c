"""Reads the facts of an encoder's journal (docs/playout.md, events marked as facts). Pure.

A journal is written by one version of the encoder and may be read by another: what cannot be understood
becomes a fact of its own kind and is kept for people to look at, so that it never holds up those after it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

INTEGER_LIMIT = 2**31 - 1
BIGINT_LIMIT = 2**63 - 1
FILE_LIMIT = 200
SEAMS = frozenset({"played", "late", "failed", "cut"})
LANES = frozenset({"takeover", "main", "backup", "emergency", "silence"})
SEVERITIES = frozenset({"warning", "error", "critical"})


@dataclass(frozen=True)
class Aired:
    """A picture went out, from ``frame`` on; ``cue`` is ``None`` when a playlist moved on by itself.

    ``seam`` says how the picture changed ("" if it did not), ``picture`` which rendition is on.
    """

    sequence: int
    at: datetime
    cue: UUID | None
    track: dict[str, Any]
    frame: int
    switch_ms: int
    origin: str
    seam: str = ""
    picture: UUID | None = None


@dataclass(frozen=True)
class Titled:
    """The sound's ICY metadata says so; ``at`` is when its sound goes out, which may be ahead of its being told."""

    sequence: int
    at: datetime
    text: str


@dataclass(frozen=True)
class Failed:
    """The encoder, or we for it, report something wrong."""

    sequence: int
    at: datetime
    severity: str
    about: str
    message: str
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Stepped:
    """The sound comes from somewhere else, from ``at`` on: another lane, and why."""

    sequence: int
    at: datetime
    lane: str
    name: str
    reason: str


@dataclass(frozen=True)
class Presented:
    """A presenter's stream went on air, or ended (``end`` says how, in a word)."""

    sequence: int
    at: datetime
    takeover: UUID
    copied: bool
    end: str


@dataclass(frozen=True)
class Recorded:
    """A file of a recording is finished; ``file`` is its name in the recording's folder, sizes are bytes."""

    sequence: int
    at: datetime
    output: UUID
    file: str
    started_at: datetime
    seconds: float
    bytes: int


Fact = Aired | Titled | Failed | Stepped | Presented | Recorded


def parse(line: dict[str, Any]) -> Fact | None:
    """Turn one line into a fact; ``None`` for one without a sequence number, which is no fact.

    ``at`` are seconds since 1970; ``frame`` an index in the run; ``switch_ms`` milliseconds.
    """
    sequence = _count(line.get("seq"), BIGINT_LIMIT)
    if sequence <= 0:
        return None
    try:
        return _known(line, sequence, _moment(line["at"]))
    except (KeyError, TypeError, ValueError, OverflowError, OSError) as error:  # OSError: a time out of bounds
        return _kept(sequence, datetime.now(tz=UTC), line, f"cannot be read ({type(error).__name__}: {error})")


def unstorable(fact: Fact, line: dict[str, Any], error: Exception) -> Failed:
    """Return what is kept instead of a fact that the database refuses."""
    return _kept(fact.sequence, fact.at, line, f"cannot be stored ({str(error).splitlines()[0]})")


def read(file: Path, *, after: int) -> Iterator[dict[str, Any]]:
    """Yield the facts of a journal after a sequence number, in order; a torn last line is passed over."""
    last = after
    with file.open("rb") as lines:
        for raw in lines:
            fact = _line(raw)
            if fact is None:
                continue
            sequence = _count(fact.get("seq"), BIGINT_LIMIT)
            if sequence > last:
                last = sequence
                yield fact


def clean(text: object, limit: int = 0) -> str:
    """Return text that PostgreSQL takes: no NUL, no lone surrogates, at most ``limit`` characters (0: any)."""
    value = str(text if text is not None else "").replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    return value[:limit] if limit else value


def _kept(sequence: int, at: datetime, line: dict[str, Any], what: str) -> Failed:
    text = clean(json.dumps(line, default=str), 2000)
    return Failed(sequence, at, "error", "journal", f"A fact in the encoder's journal {what}.", {"fact": text})


def _known(line: dict[str, Any], sequence: int, at: datetime) -> Fact:
    kind = line["event"]
    if kind == "aired":
        return _aired(line, sequence, at)
    if kind == "title":
        heard = line.get("heard_at")
        return Titled(sequence, at if heard is None else _moment(heard), clean(line["text"], 4096))
    if kind == "sound" and line.get("lane") in LANES:
        heard = line.get("heard_at")
        at = at if heard is None else _moment(heard)
        return Stepped(sequence, at, line["lane"], clean(line.get("name"), 120), clean(line.get("reason")))
    if kind == "takeover":
        end = str(line["end"]) if line["state"] == "ended" else ""
        return Presented(sequence, at, UUID(line["id"]), bool(line.get("copied")), end)
    if kind == "recorded":
        return _recorded(line, sequence, at)
    if kind == "error":
        severity = line.get("severity")
        return Failed(
            sequence,
            at,
            severity if severity in SEVERITIES else "error",
            clean(line.get("about"), 200),
            clean(line.get("message"), 8000),
        )
    raise ValueError(f"{str(kind)[:40]!r} is not a fact we know")


def _aired(line: dict[str, Any], sequence: int, at: datetime) -> Aired:
    cue = dict(line.get("cue") or {})
    identity = cue.get("id")
    return Aired(
        sequence=sequence,
        at=at,
        cue=UUID(identity) if identity else None,
        track=dict(cue.get("track") or {}),
        frame=_count(line.get("frame"), BIGINT_LIMIT),
        switch_ms=_count(line.get("switch_ms"), INTEGER_LIMIT),
        origin=str(line.get("origin", "")),
        seam=seam if isinstance(seam := line.get("seam"), str) and seam in SEAMS else "",
        picture=_id(line.get("picture")),
    )


def _recorded(line: dict[str, Any], sequence: int, at: datetime) -> Recorded:
    file = str(line["file"])
    if not file or len(file) > FILE_LIMIT or file != clean(file) or file.startswith(".") or "/" in file:
        raise ValueError(f"{file[:40]!r} is no name of a file in a folder")
    started_at, seconds = _moment(line["started_at"]), _count(line["seconds"] * 1000, INTEGER_LIMIT) / 1000
    return Recorded(sequence, at, UUID(line["output"]), file, started_at, seconds, _count(line["bytes"], BIGINT_LIMIT))


def _id(value: object) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None  # a picture of an encoder's own


def _line(raw: bytes) -> dict[str, Any] | None:
    if not raw.endswith(b"\n"):
        return None
    try:
        fact = json.loads(raw)
    except ValueError:
        return None
    return fact if isinstance(fact, dict) else None


def _count(value: object, limit: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:  # noqa: PLR0124 - NaN
        return 0
    return int(min(max(value, 0), limit))


def _moment(seconds: object) -> datetime:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise TypeError("'at' is not a number of seconds")
    return datetime.fromtimestamp(seconds, tz=UTC)
