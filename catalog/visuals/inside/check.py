"""The job that decodes an upload from its first byte to its last and says what it is."""

from __future__ import annotations

import os
from fractions import Fraction
from typing import Any

import av.logging

from catalog.media.inside.job import RefusedError, Teller, run
from catalog.media.inside.opening import MATROSKA, head
from catalog.visuals.inside.fitting import shown_size
from catalog.visuals.inside.joining import JoinMeter
from catalog.visuals.inside.reading import LONGEST_SECONDS, LoopReader, Picture, too_long
from catalog.visuals.inside.thumbnail import Thumbnail

# How much of the length that a file declares may be missing at its end: writers round, and pad the sound.
SLACK_SECONDS, SLACK_PART = 0.5, 0.05
# Interlaced video may come as two packets a picture; fewer pictures than that were lost on the way.
PACKETS_PER_PICTURE, EXTRA_PACKETS = 2, 4
EBML_HEAD = 64


def check(order: dict[str, Any], files: dict[str, int], teller: Teller) -> dict[str, Any]:  # noqa: ARG001  # a job's form
    """Decode all of ``files["input"]``.

    1. decode every picture, keeping a good one for the thumbnail, and see how the end meets the beginning;
    2. compare what was read with what the file declares: a cut file often looks whole until then;
    3. say what it is: container, codec, size as shown, mean rate, length.
    """
    with av.logging.Capture(local=False) as log, LoopReader(files["input"]) as reader:
        _check_index(reader, os.fstat(files["input"]).st_size)
        thumbnail, join, span = Thumbnail(reader.aspect), JoinMeter(reader.aspect), Span()
        for picture in reader.pictures():
            span.add(picture)
            thumbnail.offer(picture.frame)
            join.offer(picture.frame)
            teller.progress(_part(span, reader))
        _check_end(reader, span, log)
        start = head(files["input"])
        return {
            **_measures(reader, span),
            "container": _container(reader, start),
            "codec": reader.codec,
            "thumbnail": thumbnail.found(),
            "join_difference": join.found(),
        }


class Span:
    """What was read so far: how many pictures, over what time, and of what shape the first one is."""

    def __init__(self) -> None:
        self.count = 0
        self.first: Picture | None = None
        self.seconds = Fraction(0)

    def add(self, picture: Picture) -> None:
        """Count a picture.

        Raises:
            RefusedError: the video is longer than we take.

        """
        self.first = self.first or picture
        self.count += 1
        self.seconds = picture.until - self.first.at
        if self.seconds > LONGEST_SECONDS:
            raise RefusedError(too_long())


def _measures(reader: LoopReader, span: Span) -> dict[str, Any]:
    if span.first is None:
        raise RefusedError("The video has no picture that can be read.")
    width, height = shown_size(span.first.frame, reader.aspect)
    return {
        "width": width,
        "height": height,
        "frame_rate": round(float(span.count / span.seconds), 3) if span.seconds else 0.0,
        "duration_ms": max(1, round(float(span.seconds) * 1000)),
    }


def _part(span: Span, reader: LoopReader) -> float:
    declared = reader.container.duration
    return float(span.seconds) * av.time_base / declared if declared else 0.0


def _check_index(reader: LoopReader, size: int) -> None:
    """Refuse a file whose index names places behind its end, however whole its beginning looks."""
    if reader.container.format.name == MATROSKA:
        return  # its index is only a help for seeking
    if any(entry.pos + entry.size > size for entry in reader.stream.index_entries):
        raise RefusedError("The file was cut off: its index names pictures behind its end. Export or send it again.")


def _check_end(reader: LoopReader, span: Span, log: list[tuple[int, str, str]]) -> None:
    """Refuse a file that ends before what it declares, or whose container is damaged on the way."""
    damaged = [text for level, name, text in log if name.startswith("matroska") and level <= av.logging.ERROR]
    if damaged:
        raise RefusedError("The file is damaged or cut off: its parts do not fit together. Export or send it again.")
    container = reader.container
    if container.duration:
        declared = (container.duration + (container.start_time or 0)) / av.time_base
        if float(reader.packets_end) < declared * (1 - SLACK_PART) - SLACK_SECONDS:
            raise RefusedError(
                f"The file was cut off: it says it lasts {declared:.1f} s and ends after "
                f"{float(reader.packets_end):.1f} s. Export or send it again.",
            )
    if span.count * PACKETS_PER_PICTURE + EXTRA_PACKETS < reader.packets:
        raise RefusedError(f"Only {span.count} of {reader.packets} pictures can be read. Export it again.")


def _container(reader: LoopReader, start: bytes) -> str:
    if reader.container.format.name == MATROSKA:
        return "webm" if b"webm" in start[:EBML_HEAD] else "mkv"
    brand = start[8:12] if start[4:8] == b"ftyp" else b"qt  "
    return "mov" if brand == b"qt  " else "m4v" if brand.startswith(b"M4V") else "mp4"


if __name__ == "__main__":
    run(check)
