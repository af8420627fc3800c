"""A presenter's program, as OBS would be: publishes picture and sound over RTMP until it is ended.

``python tests/fakes/presenter.py URL [--size 1280x720] [--rate 30] [--colour green] …``. In the middle of each second
there is a flash of three white frames and a beep of a tenth of a second, at the same instant. It says ``publishing``
once the server has taken it, ``refused`` when it has not, ``lost`` when the connection breaks.
"""

from __future__ import annotations

import argparse
import sys
import time
from fractions import Fraction

import av
import numpy as np

SAMPLE_RATE = 44_100
AUDIO_FRAME = 1024
FLASH_FRAMES = 3
BEEP_SECONDS = 0.1
COLOURS = {"red": (200, 20, 20), "green": (20, 200, 20), "blue": (20, 20, 200), "black": (0, 0, 0)}
CODECS = {"h264": "libx264", "hevc": "libx265", "mpeg4": "mpeg4"}


def main() -> int:
    given = arguments()
    try:
        out = av.open(given.url, "w", format="flv", timeout=(5, 5))
        presenter = Presenter(out, given)
        presenter.begin()
    except OSError as error:
        say(f"refused: {error}")
        return 1
    try:
        presenter.run(given.seconds)
    except OSError as error:
        say(f"lost: {error}")
        return 2
    return 0


class Presenter:
    """Encodes and sends in step with the wall clock."""

    def __init__(self, out: av.container.OutputContainer, given: argparse.Namespace) -> None:
        self.out, self.rate, self.given = out, given.rate, given
        width, height = (int(part) for part in given.size.split("x"))
        self.video = None if given.no_picture else out.add_stream(CODECS[given.codec], rate=given.rate)
        if self.video is not None:
            self.video.width, self.video.height, self.video.pix_fmt = width, height, "yuv420p"
            if given.codec == "h264":
                tune = {} if given.reorder else {"tune": "zerolatency"}
                self.video.options = {"preset": "ultrafast", **tune, "bf": str(given.reorder)}
            self.video.gop_size = given.gop or given.rate
        self.audio = None if given.silent else out.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
        self.pictures = {name: picture(width, height, rgb) for name, rgb in COLOURS.items()}
        self.pictures["white"] = picture(width, height, (255, 255, 255))
        self.frame = self.samples = 0

    def begin(self) -> None:
        self.out.start_encoding()
        say("publishing")

    def run(self, seconds: float) -> None:
        began = time.monotonic()
        while self.frame < seconds * self.rate:
            self.send_frame()
            while self.samples * self.rate < self.frame * SAMPLE_RATE:
                self.send_sound()
            time.sleep(max(0.0, began + self.frame / self.rate - time.monotonic()))
        self.out.close()

    def send_frame(self) -> None:
        lit = 0 <= self.frame % self.rate - self.rate // 2 < FLASH_FRAMES
        frame = self.pictures["white" if lit else self.given.colour]
        frame.pts, frame.time_base = self.frame, Fraction(1, self.rate)
        self.frame += 1
        if self.video is None or self.is_dropped():
            return
        for packet in self.video.encode(frame):  # type: ignore[arg-type]  # the codec, given by name, is a video's
            self.out.mux(packet)

    def is_dropped(self) -> bool:
        """Whether a congested program would leave this frame out: with --drop, every fifteenth."""
        return bool(self.given.drop) and self.frame % 15 == 0

    def send_sound(self) -> None:
        when = (self.samples + np.arange(AUDIO_FRAME)) / SAMPLE_RATE
        wave = 0.5 * np.sin(2 * np.pi * 1000 * when) * ((when - self.rate // 2 / self.rate) % 1.0 < BEEP_SECONDS)
        wave += 0.02 * np.sin(2 * np.pi * 200 * when)
        frame = av.AudioFrame.from_ndarray(np.stack([wave, wave]).astype(np.float32), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, self.samples, Fraction(1, SAMPLE_RATE)
        self.samples += AUDIO_FRAME
        if self.audio is None:
            return
        for packet in self.audio.encode(frame):
            self.out.mux(packet)


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def picture(width: int, height: int, rgb: tuple[int, int, int]) -> av.VideoFrame:
    flat = np.broadcast_to(np.array(rgb, dtype=np.uint8), (height, width, 3))
    return av.VideoFrame.from_ndarray(np.ascontiguousarray(flat), format="rgb24").reformat(format="yuv420p")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--rate", type=int, default=30)
    parser.add_argument("--gop", type=int, default=0)
    parser.add_argument("--reorder", type=int, default=0)
    parser.add_argument("--colour", default="green", choices=COLOURS)
    parser.add_argument("--codec", default="h264", choices=CODECS)
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--silent", action="store_true")
    parser.add_argument("--no-picture", action="store_true")
    parser.add_argument("--drop", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
