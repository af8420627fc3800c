"""The job that decodes a recording from its first byte to its last and says what it is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import av
import av.error
from av import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer

from catalog.media.inside.job import RefusedError, Teller, run
from catalog.media.inside.opening import MOV, open_media

CONTAINERS = f"mp3,flac,ogg,aac,{MOV}"
DECODERS = "mp3,mp3float,flac,aac,vorbis,opus,libopus"
CODECS = frozenset({"mp3", "flac", "aac", "vorbis", "opus"})
LONGEST_SECONDS = 6 * 3600
SHORTEST_SECONDS = Fraction(1, 2)
# MP3 files often begin in the middle of a frame's data, or end with foreign tags: a few errors are no damage.
FORGIVEN = {"mp3": 3, "aac": 1}
SLACK_SECONDS, SLACK_PART = 0.5, 0.02
STRICT = {"err_detect": "crccheck+bitstream+buffer+explode"}
TAGS = ("artist", "title", "album")


def check(order: dict[str, Any], files: dict[str, int], teller: Teller) -> dict[str, Any]:  # noqa: ARG001  # a job's form
    """Decode all of ``files["input"]`` and return container, codec, length and tags.

    1. decode everything, counting samples; 2. compare with the length that the file declares; 3. read the tags.
    """
    handle = files["input"]
    with open_media(handle, containers=CONTAINERS, codecs=DECODERS) as container:
        stream = _choose(container)
        codec = stream.codec_context.codec.canonical_name
        if codec not in CODECS:
            raise RefusedError(f"The sound is coded as {codec}. Export it as MP3, FLAC, AAC, Vorbis or Opus.")
        _check_index(container, stream, os.fstat(handle).st_size)
        seconds = _decode(container, stream, codec, teller)
        _check_length(container, seconds)
        return {
            "container": container.format.name,
            "codec": codec,
            "duration_ms": max(1, round(float(seconds) * 1000)),
            "tags": _tags(container.metadata, stream.metadata),
        }


def _choose(container: InputContainer) -> AudioStream:
    if not container.streams.audio:
        raise RefusedError("The file holds no sound.")
    return container.streams.audio[0]


def _decode(container: InputContainer, stream: AudioStream, codec: str, teller: Teller) -> Fraction:
    stream.codec_context.options = dict(STRICT)
    declared = float(container.duration or 0) / av.time_base
    seconds, errors = Fraction(0), 0
    for packet in container.demux(stream):
        if packet.is_corrupt:
            raise RefusedError(_damaged(seconds))
        try:
            frames = packet.decode()
        except MemoryError:
            raise
        except (av.error.FFmpegError, ValueError) as error:
            errors += 1
            if errors > FORGIVEN.get(codec, 0):
                raise RefusedError(_damaged(seconds)) from error
            continue
        for frame in frames:
            if isinstance(frame, AudioFrame) and frame.sample_rate:
                seconds += Fraction(frame.samples, frame.sample_rate)
        if seconds > LONGEST_SECONDS:
            raise RefusedError(f"The recording is longer than {LONGEST_SECONDS // 3600} hours. Cut it.")
        teller.progress(float(seconds) / declared if declared else 0.0)
    return seconds


def _check_index(container: InputContainer, stream: AudioStream, size: int) -> None:
    if container.format.name == MOV and any(entry.pos + entry.size > size for entry in stream.index_entries):
        raise RefusedError("The file was cut off: its index names sound behind its end. Export or send it again.")


def _check_length(container: InputContainer, seconds: Fraction) -> None:
    if seconds < SHORTEST_SECONDS:
        raise RefusedError("The recording is shorter than half a second, or none of it can be read.")
    declared = float(container.duration or 0) / av.time_base
    # Plain MP3 and AAC declare no length: what libav says there is a guess from the first frames.
    guessed = container.format.name in {"mp3", "aac"}
    if not guessed and float(seconds) < declared * (1 - SLACK_PART) - SLACK_SECONDS:
        raise RefusedError(
            f"The file was cut off: it says it lasts {declared:.1f} s and ends after {float(seconds):.1f} s.",
        )


def _tags(*sources: Mapping[str, str]) -> dict[str, str]:
    found = {name.lower(): value for source in reversed(sources) for name, value in source.items()}
    return {name: found[name] for name in TAGS if name in found}


def _damaged(seconds: Fraction) -> str:
    return f"The recording is damaged or cut off about {float(seconds):.1f} s from its beginning. Export it again."


if __name__ == "__main__":
    run(check)
