"""What the stations play: three pictures as a station compiles them, and a minute of something like music."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.audio.stream import AudioStream

from catalog.visuals.inside.encoder import Profile
from tests.streaming.playout.compiled import COLOURS, compile_colour

PROFILE = Profile(1280, 720, 30, 3000, 60, "3.1")
CODING = {"kbps": 3000, "buffer_ms": 1000, "gop_frames": 60, "level": "3.1", "strict_cbr": False}
SECONDS = 48
PICTURE_FRAMES = 330


@dataclass(frozen=True)
class Song:
    """A coded file as a radio sends it."""

    path: Path
    kind: str
    seconds: float


@dataclass(frozen=True)
class Form:
    """How a radio codes."""

    codec: str
    container: str
    rate: int
    kbps: int
    kind: str
    options: dict[str, str]


FORMS = {
    "mp3": Form("libmp3lame", "mp3", 44_100, 128, "audio/mpeg", {"write_xing": "0", "id3v2_version": "0"}),
    "aac": Form("aac", "adts", 48_000, 160, "audio/aac", {}),
}


def pictures(folder: Path) -> list[Path]:
    """Return three renditions of eleven seconds; those that are there already are taken."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {folder / f"{colour}.mp4": rgb for colour, rgb in COLOURS.items()}
    return [
        path if path.exists() else compile_colour(path, rgb, PICTURE_FRAMES, PROFILE) for path, rgb in paths.items()
    ]


def song(folder: Path, name: str) -> Song:
    """Return a minute of music in a form."""
    form = FORMS[name]
    path = folder / f"song.{form.container}"
    with av.open(str(path), "w", format=form.container, options=form.options) as out:
        stream = cast("AudioStream", out.add_stream(form.codec, rate=form.rate, layout="stereo"))
        stream.codec_context.bit_rate = form.kbps * 1000
        frame = av.AudioFrame.from_ndarray(music(form.rate), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = form.rate, 0
        resampler = av.AudioResampler(format=stream.format.name, layout="stereo", rate=form.rate)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            part.pts = None
            out.mux(stream.encode(part))
        out.mux(stream.encode(None))
    return Song(path, form.kind, SECONDS)


def music(rate: int) -> np.ndarray:
    """Return (2, samples): chords with overtones that fade, a bass, a drum every half second and breath of noise."""
    random = np.random.default_rng(4)
    time = np.arange(SECONDS * rate) / rate
    sound = np.zeros((2, time.size))
    for bar in range(0, SECONDS, 2):
        part = slice(bar * rate, (bar + 2) * rate)
        local = time[part] - bar
        root = 110 * 2 ** (random.integers(0, 12) / 12)
        for step in (0, 4, 7, 12):
            for overtone in range(1, 9):
                hertz = root * 2 ** (step / 12) * overtone
                wave = np.sin(2 * np.pi * hertz * local + random.random() * 6) / overtone**1.3 * np.exp(-local * 0.9)
                sound[:, part] += wave * random.uniform(0.3, 1.0, (2, 1)) * 0.06
    beat = np.exp(-(time % 0.5) * 30)
    sound += beat * random.normal(0, 0.12, sound.shape) + 0.004 * random.normal(0, 1, sound.shape)
    return np.ascontiguousarray((sound / np.abs(sound).max() * 0.7).astype(np.float32))
