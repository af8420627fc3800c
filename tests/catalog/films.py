"""Small videos for tests. Every picture carries its number as ten bars, so that a lost or doubled one is seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av import AudioFrame, VideoFrame

BITS = 10
QUICK = {
    "libx264": {"preset": "ultrafast"},
    "libx265": {"preset": "ultrafast", "x265-params": "log-level=none"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"},
    "libsvtav1": {"preset": "8", "crf": "20"},
}


def numbered(number: int, width: int, height: int) -> np.ndarray:
    """A picture of ten bars, white where the number's bit is set, with a little texture below."""
    bits = [(number >> bit) & 1 for bit in range(BITS)]
    row = np.repeat(np.array(bits, dtype=np.uint8) * 215 + 20, -(-width // BITS))[:width]
    picture = np.repeat(row[None, :, None], height, axis=0).repeat(3, axis=2)
    picture[-max(2, height // 8) :] = np.random.default_rng(number).integers(90, 160, 3)
    return picture


def number_of(frame: VideoFrame, box: tuple[int, int, int, int] | None = None) -> int:
    """Read the number back; ``box`` is left, top, width and height of the picture inside its black bars."""
    luma = frame.to_ndarray(format="gray")
    left, top, width, height = box or (0, 0, frame.width, frame.height)
    line = luma[top + height // 5 : top + height // 2, left : left + width].mean(axis=0)
    middles = [int((bit + 0.5) * width / BITS) for bit in range(BITS)]
    return sum(1 << bit for bit, middle in enumerate(middles) if line[middle] > 110)


def film(
    path: Path,
    *,
    frames: int = 30,
    rate: int | Fraction = 30,
    size: tuple[int, int] = (320, 180),
    codec: str = "libx264",
    pixels: str = "yuv420p",
    container: dict[str, str] | None = None,
    options: dict[str, str] | None = None,
    times: Sequence[int] | None = None,
    rotation: int = 0,
    aspect: Fraction | None = None,
    sound: bool = False,
) -> Path:
    """Write a film; ``times`` are milliseconds for a variable rate."""
    with av.open(str(path), "w", container_options=container or {}) as out:
        stream: Any = out.add_stream(codec, rate=rate, options={**QUICK.get(codec, {}), **(options or {})})
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        stream.codec_context.time_base = Fraction(1, 1000) if times else 1 / Fraction(rate)
        if aspect:
            stream.codec_context.sample_aspect_ratio = aspect
        if rotation:
            stream.set_display_rotation(rotation)
        tone: Any = out.add_stream("aac", rate=48000, layout="mono") if sound else None
        for number in range(frames):
            picture = VideoFrame.from_ndarray(numbered(number, *size), format="rgb24").reformat(format=pixels)
            picture.pts, picture.time_base = (times or range(frames))[number], stream.codec_context.time_base
            out.mux(stream.encode(picture))
        out.mux(stream.encode(None))
        if tone:
            for packet in _hum(tone, frames / float(rate)):
                out.mux(packet)
    return path


def pictures(path: Path) -> Iterator[VideoFrame]:
    """Decode a video, every error an exception."""
    with av.open(str(path)) as container:
        container.streams.video[0].codec_context.options = {"err_detect": "explode"}
        yield from container.decode(video=0)


def numbers(path: Path, box: tuple[int, int, int, int] | None = None) -> list[int]:
    """Read all numbers of a video."""
    return [number_of(frame, box) for frame in pictures(path)]


def _hum(stream: Any, seconds: float) -> Iterator[Any]:
    for start in range(0, int(seconds * 48000), 1024):
        wave = np.sin(np.arange(start, start + 1024, dtype=np.float32) * 0.05)[None, :] * np.float32(0.2)
        frame = AudioFrame.from_ndarray(wave, format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 48000, start
        yield from stream.encode(frame)
    yield from stream.encode(None)
