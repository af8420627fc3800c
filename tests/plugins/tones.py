"""Sounds to play in tests: MP3 files with tags, made with PyAV."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE_RATE = 44100


def tone_mp3(path: Path, *, artist: str, title: str, seconds: float = 10.0, hertz: float = 440.0) -> Path:
    """Write a stereo MP3 (128 kbit/s, 44.1 kHz) of one tone with these ID3 tags; return its path."""
    with av.open(str(path), "w", format="mp3") as out:
        out.metadata.update({"artist": artist, "title": title})
        stream = out.add_stream("libmp3lame", rate=SAMPLE_RATE, layout="stereo", bit_rate=128_000)
        wave = 0.4 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE)
        samples = np.repeat((wave * 32767).astype(np.int16), 2).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="stereo")
        frame.sample_rate = SAMPLE_RATE
        frame.pts = 0
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            out.mux(packet)
    return path
