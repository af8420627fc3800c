"""Finds a presenter's flashes and beeps in a recording, as eyes and ears would."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np

WINDOW = 0.005
BRIGHT = 200
BEEP_HERTZ = 1000


def flashes(path: Path) -> list[float]:
    """Return when the picture turns white, in seconds."""
    found: list[float] = []
    white = False
    with av.open(str(path)) as container:
        for frame in container.decode(container.streams.video[0]):
            bright = frame.to_ndarray(format="gray").mean() > BRIGHT
            if bright and not white:
                found.append(frame.time or 0.0)
            white = bright
    return found


def beeps(path: Path) -> list[float]:
    """Return when a tone of 1 kHz sets in, in seconds."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        parts = list(container.decode(stream))
    rate = parts[0].sample_rate
    samples = np.concatenate([part.to_ndarray()[0] for part in parts])
    size = int(rate * WINDOW)
    samples = samples[: len(samples) // size * size].reshape(-1, size)
    tone = np.exp(-2j * np.pi * BEEP_HERTZ * np.arange(size) / rate)
    loud = np.abs(samples @ tone) / size > 0.08
    begins = np.flatnonzero(loud[1:] & ~loud[:-1]) + 1
    start = float(parts[0].time or 0.0)
    found: list[float] = []
    for place in begins:
        at = start + place * WINDOW
        if not found or at - found[-1] > 0.5:
            found.append(at)
    return found


def skews(path: Path) -> list[float]:
    """Return, for each flash with a beep near it, by how many seconds the picture comes after the sound."""
    heard = np.array(beeps(path))
    pairs = [(seen, heard[np.abs(heard - seen).argmin()]) for seen in flashes(path) if len(heard)]
    return [float(seen - beep) for seen, beep in pairs if abs(seen - beep) < 0.4]
