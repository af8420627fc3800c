"""Looks at a recording as a viewer's player would: timestamps, decoding, pictures, sound."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import av
import numpy as np


@dataclass
class Track:
    """Decode times of one stream, milliseconds."""

    times: list[float] = field(default_factory=list)

    @property
    def largest_step(self) -> float:
        """The largest step between neighbours."""
        return float(max(np.diff(self.times), default=0.0))

    @property
    def backward(self) -> int:
        """How many steps do not go forward."""
        return int(np.sum(np.diff(self.times) <= 0))


@dataclass
class Recording:
    """What was found."""

    video: Track
    audio: Track
    colours: list[tuple[float, str]]
    errors: int
    loudness: list[tuple[float, float]]

    def changes(self) -> list[tuple[float, str]]:
        """Return (seconds, colour) where the picture changes."""
        return [c for place, c in enumerate(self.colours) if place == 0 or c[1] != self.colours[place - 1][1]]


def read(path: Path) -> Recording:
    """Demux and decode a whole recording; damage counts as errors."""
    found = Recording(Track(), Track(), [], 0, [])
    with av.open(str(path), options={"err_detect": "explode"}) as container:
        for packet in container.demux(container.streams.video[0], container.streams.audio[0]):
            track = found.video if packet.stream.type == "video" else found.audio
            if packet.dts is not None and packet.time_base is not None:
                track.times.append(float(packet.dts * packet.time_base * 1000))
            try:
                frames = packet.decode()
            except av.error.FFmpegError:
                found.errors += 1
                continue
            for frame in frames:
                _note(found, frame)
    return found


def _note(found: Recording, frame: object) -> None:
    if isinstance(frame, av.VideoFrame):
        found.errors += bool(frame.is_corrupt)
        pixel = frame.to_ndarray(format="rgb24")[-40:, :].reshape(-1, 3).mean(axis=0)
        found.colours.append((frame.time or 0.0, ("red", "green", "blue")[int(pixel.argmax())]))
    elif isinstance(frame, av.AudioFrame):
        samples = frame.to_ndarray()
        found.loudness.append((frame.time or 0.0, float(np.sqrt(np.mean(np.square(samples))))))
