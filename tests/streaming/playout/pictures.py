"""Tiny renditions, coded the way the compiler does, each of one colour that a decoder finds again."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np

WIDTH, HEIGHT, RATE = 320, 180, 30
COLOURS = {"red": (200, 20, 20), "green": (20, 180, 20), "blue": (20, 20, 200)}
OPTIONS = {
    "preset": "veryfast",
    "profile": "high",
    "level": "3.1",
    "bf": "2",
    "refs": "3",
    "sc_threshold": "0",
    "x264-params": "keyint=60:min-keyint=60:scenecut=0:open-gop=0:b-pyramid=none:threads=1",
}


def make_rendition(
    path: Path,
    colour: tuple[int, int, int],
    frames: int,
    *,
    noise: int = 0,
    size: tuple[int, int] = (WIDTH, HEIGHT),
    **options: str,
) -> Path:
    """Write a rendition whose frames have one colour, a moving bar, and noise of this strength (for large files)."""
    width, height = size
    random = np.random.default_rng(1)
    with av.open(str(path), "w", format="mp4") as out:
        stream = out.add_stream("libx264", rate=RATE, options={**OPTIONS, **options})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(frames):
            image = np.empty((height, width, 3), np.uint8)
            image[:] = colour
            image += random.integers(0, noise + 1, image.shape, np.uint8)
            image[:20, (number * 4) % width :][:, :24] = 255
            for packet in stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")):
                out.mux(packet)
        for packet in stream.encode(None):
            out.mux(packet)
    return path
