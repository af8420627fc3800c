"""What measuring, limiting and evening out sound costs, beside FFmpeg's ``loudnorm`` on the same sound.

``.venv/bin/python -m tests.benchmarks.loudness [SECONDS]``: per cent of one core at 48 kHz stereo, by processor time.
"""

from __future__ import annotations

import sys
import time
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from av.audio.frame import AudioFrame
from av.error import BlockingIOError as NothingYet
from av.filter import Graph

from streaming.playout.loudness import Meter
from streaming.playout.mastering import Master
from streaming.playout.spec import NormaliseSpec, SoundSpec
from streaming.playout.units import AUDIO_FRAME
from tests.streaming.playout.material import RATE, music
from tests.streaming.playout.soundlab import Lab, radio

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 60


def cost(label: str, seconds: float, work: Callable[[], object]) -> float:
    """Run and print; returns per cent of a core."""
    began = time.process_time()
    work()
    percent = (time.process_time() - began) / seconds * 100
    sys.stdout.write(f"{label:<58} {percent:5.2f} % of a core\n")
    return percent


def frames(samples: np.ndarray) -> list[AudioFrame]:
    """Whole frames."""
    made = []
    for start in range(0, samples.shape[1] - AUDIO_FRAME + 1, AUDIO_FRAME):
        part = np.ascontiguousarray(samples[:, start : start + AUDIO_FRAME])
        frame = AudioFrame.from_ndarray(part, format="fltp", layout="stereo")
        frame.sample_rate, frame.time_base, frame.pts = RATE, Fraction(1, RATE), start
        made.append(frame)
    return made


def mastered(given: list[AudioFrame], limit: float | None) -> None:
    """Push frames through the master stage as the mixer does."""
    master = Master(RATE, 2)
    master.set_limit(limit)
    for frame in given:
        master.push(frame.to_ndarray().astype(np.float32, copy=False), frame)


def filtered(given: list[AudioFrame], name: str, options: str) -> None:
    """Push frames through one of FFmpeg's filters."""
    graph = Graph()
    source = graph.add(
        "abuffer", sample_rate=str(RATE), sample_fmt="fltp", channel_layout="stereo", time_base=f"1/{RATE}"
    )
    nodes = [source, graph.add(name, options), graph.add("abuffersink")]
    for one, next_one in pairwise(nodes):
        one.link_to(next_one)
    graph.configure()
    for frame in given:
        graph.push(frame)
        while True:
            try:
                graph.pull()
            except NothingYet:
                break


def mixed(samples: np.ndarray, seconds: float, *, normalise: bool) -> tuple[Lab, Callable[[], object]]:
    """A whole mixer over one live lane: choice of lanes, gain, limiter, meter."""
    sound = SoundSpec(normalise=NormaliseSpec(-14, -1) if normalise else None)
    lab = Lab(radio("main"), sound)
    wave, length = samples[0], samples.shape[1] - AUDIO_FRAME
    lab.waves = {"main": lambda place: wave[place % length :][:AUDIO_FRAME]}
    return lab, lambda: lab.run(seconds)


def main() -> None:
    """Print the table."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    soft, loud = frames(music(seconds, -24)), frames(music(seconds, -6))
    meter = Meter(RATE, 2)
    cost("meter alone (momentary, short-term, integrated)", seconds, lambda: [meter.push(frame) for frame in soft])
    cost("meter, true peak, limiter that has nothing to do", seconds, lambda: mastered(soft, -1.0))
    cost("meter, true peak, limiter at work all the time", seconds, lambda: mastered(loud, -6.0))
    for normalise in (False, True):
        _, run = mixed(music(seconds, -24), seconds, normalise=normalise)
        words = "evened out" if normalise else "as it comes"
        cost(f"whole mixer, {words} (with the test's own source)", seconds, run)
    cost("FFmpeg loudnorm I=-14:TP=-1", seconds, lambda: filtered(soft, "loudnorm", "I=-14:TP=-1"))
    cost("FFmpeg dynaudnorm", seconds, lambda: filtered(soft, "dynaudnorm", ""))


if __name__ == "__main__":
    main()
