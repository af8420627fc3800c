"""What a look costs: ``python -m tests.benchmarks.look RENDITION [SOUND] [SECONDS]``.

Runs the process that draws and codes, on sound given to it as fast as it takes it, and counts the processor time it
takes per second of programme: so the figure does not depend on what else the machine does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import Any

import av
import numpy as np

from streaming.playout import livewire
from streaming.playout.livewire import Kind
from streaming.playout.units import AUDIO_FRAME

RATE = 48_000


def main() -> None:
    """Print a line per look."""
    path = sys.argv[1]
    sound = _sound(sys.argv[2]) if len(sys.argv) > 2 else _noise()
    seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 20.0
    for look in ("spectrum", "waveform"):
        idle, _ = _run(path, sound, look, 0.5)
        busy, memory = _run(path, sound, look, 0.5 + seconds)
        print(f"{look:9} {100 * (busy - idle) / seconds:5.1f} % of a core, {memory:4.0f} MiB resident")


def _run(path: str, sound: np.ndarray, look: str, seconds: float) -> tuple[float, float]:
    """Return processor seconds and the most memory of one life of the process."""
    child = subprocess.Popen(
        [sys.executable, "-m", "streaming.livepicture"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    assert child.stdin
    reader = threading.Thread(target=_swallow, args=(child.stdout,))
    reader.start()
    for message in _messages(path, sound, look, seconds):
        child.stdin.write(message)
    child.stdin.close()
    reader.join()
    _, _, usage = os.wait4(child.pid, 0)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def _messages(path: str, sound: np.ndarray, look: str, seconds: float) -> Any:
    with av.open(path) as container:
        stream = container.streams.video[0]
        size = {"width": stream.codec_context.width, "height": stream.codec_context.height}
        frames = stream.frames
    kbps = 3000 if size["height"] <= 720 else 4500
    coding = {"frame_rate": 30, "kbps": kbps, "gop_frames": 60, "level": "3.1" if kbps == 3000 else "4.0"}
    order = {"profile": {**size, **coding}, "sample_rate": RATE, "channels": 2}
    yield livewire.say(Kind.ORDER, **order, kind=look, accent="#f2a33a", place="bottom")
    yield livewire.say(Kind.BEGIN, path=path, frame=0, at=0, length=frames)
    for sample in range(0, int(seconds * RATE), AUDIO_FRAME):
        place = sample % (sound.shape[1] - AUDIO_FRAME)
        yield livewire.pack_sound(sample, tuple(bytes(part[place : place + AUDIO_FRAME].data) for part in sound))


def _swallow(pipe: Any) -> None:
    while livewire.read(pipe) is not None:
        pass


def _sound(path: str) -> np.ndarray:
    resampler = av.AudioResampler("fltp", "stereo", RATE)
    with av.open(path) as container:
        parts = [out.to_ndarray() for frame in container.decode(audio=0) for out in resampler.resample(frame)]
    return np.ascontiguousarray(np.concatenate(parts, axis=1))


def _noise() -> np.ndarray:
    return np.random.default_rng(1).uniform(-0.3, 0.3, (2, 10 * RATE)).astype(np.float32)


if __name__ == "__main__":
    main()
