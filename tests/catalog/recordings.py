"""Small recordings for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
from av import AudioFrame

RATE = 48000


def recording(
    path: Path,
    codec: str,
    *,
    seconds: float = 2.0,
    tags: dict[str, str] | None = None,
    options: dict[str, str] | None = None,
    sample_format: str | None = None,
) -> Path:
    """Write a tone."""
    with av.open(str(path), "w") as out:
        out.metadata.update(tags or {})
        stream: Any = out.add_stream(codec, rate=RATE, layout="stereo", options=options or {})
        if sample_format:
            stream.format = sample_format
        # Not one cut longer than a codec's own frame.
        for start in range(0, int(seconds * RATE), 960):
            at = np.arange(start, min(start + 960, int(seconds * RATE)))
            wave = (np.sin(at * 0.06) * 9000).astype(np.int16).repeat(2)[None, :]
            frame = AudioFrame.from_ndarray(np.ascontiguousarray(wave), format="s16", layout="stereo")
            frame.sample_rate, frame.pts = RATE, start
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path
