"""A live HLS preview as an encoder writes it: H.264 and AAC in MPEG-TS, two-second segments, in real time."""

from __future__ import annotations

import shutil
import threading
import time
from fractions import Fraction
from typing import TYPE_CHECKING, Self

import av
import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

WIDTH, HEIGHT, FRAME_RATE, SAMPLE_RATE, AAC_FRAME = 320, 180, 15, 48_000, 1024
SEGMENT_SECONDS = 1


class Broadcast:
    """Writes ``folder``/index.m3u8 from the start of the with-block to its end, never ahead of the clock by much."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._end = threading.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._write, name="test-broadcast")

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._thread.start()
        if not self._ready.wait(20):
            raise TimeoutError("The test's broadcast wrote no playlist within 20 seconds.")
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join(20)
        shutil.rmtree(self.folder)

    def _write(self) -> None:
        options = {"hls_time": str(SEGMENT_SECONDS), "hls_list_size": "6", "hls_flags": "delete_segments+omit_endlist"}
        with av.open(str(self.folder / "index.m3u8"), "w", format="hls", options=options) as out:
            video = out.add_stream("libx264", rate=FRAME_RATE, options={"preset": "ultrafast", "tune": "zerolatency"})
            video.width, video.height, video.pix_fmt, video.gop_size = WIDTH, HEIGHT, "yuv420p", FRAME_RATE
            audio = out.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
            self._run(out, video, audio)

    def _run(self, out, video, audio) -> None:
        """Send frames until told to end; the first three seconds at once, then at the clock's pace."""
        samples, began = 0, time.monotonic()
        for number in range(1_000_000):
            out.mux(video.encode(_picture(number)))
            while samples / SAMPLE_RATE < (number + 1) / FRAME_RATE:
                out.mux(audio.encode(_sound(samples)))
                samples += AAC_FRAME
            if not self._ready.is_set() and (self.folder / "index.m3u8").exists():
                self._ready.set()
            ahead = number / FRAME_RATE - 3 - (time.monotonic() - began)
            if self._end.wait(max(0, ahead)):
                break
        out.mux(video.encode(None))
        out.mux(audio.encode(None))


def _picture(number: int) -> av.VideoFrame:
    x, y = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
    wave = np.sin((x + 4 * number) / 40) * 40 + HEIGHT / 2
    glow = np.exp(-(((y - wave) / 14) ** 2))[..., None]
    pixels = (np.array([18, 17, 15]) + glow * np.array([237, 159, 31])).clip(0, 255).astype(np.uint8)
    frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
    frame.pts, frame.time_base = number, Fraction(1, FRAME_RATE)
    return frame


def _sound(start: int) -> av.AudioFrame:
    tone = 0.2 * np.sin(2 * np.pi * 220 * (start + np.arange(AAC_FRAME)) / SAMPLE_RATE)
    frame = av.AudioFrame.from_ndarray(np.stack([tone, tone]).astype(np.float32), format="fltp", layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, start, Fraction(1, SAMPLE_RATE)
    return frame
