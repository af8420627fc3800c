"""The last thing that happens to sound before it is settled: edges without clicks, the limiter, the meter."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np
from av.audio.frame import AudioFrame

from streaming.playout.coded import LAYOUTS, SAMPLE_FORMAT, Coded, Unpacker
from streaming.playout.loudness import Meter, PeakHold
from streaming.playout.loudness_limiter import Limiter
from streaming.playout.samples import mean_square, samples_of
from streaming.playout.units import AUDIO_FRAME

if TYPE_CHECKING:
    from streaming.playout.coded import Frame
    from streaming.playout.samples import Samples

PROTECT_DB = -0.1
"""dBTP that nothing passes even where nobody asked for evening out: decoded MP3s overshoot full scale."""

MOMENTARY_FRAMES = 19
"""Frames in the 400 ms of a momentary value."""

_RISE: Samples = (np.arange(AUDIO_FRAME, dtype=np.float32) + 1) / np.float32(AUDIO_FRAME)
_FALL: Samples = _RISE[::-1]


class Master:
    """Gives each frame back one frame later; what needs nothing is given back as it came."""

    def __init__(self, sample_rate: int, channels: int) -> None:
        """Start after silence."""
        self._unpacker = Unpacker(sample_rate, channels)
        self._held: Coded | None = None
        self._rate = sample_rate
        self._layout = LAYOUTS[channels]
        self._nothing = np.zeros((channels, AUDIO_FRAME), dtype=np.float32)
        self._samples: Samples | None = None
        self._frame: AudioFrame | None = None
        self._limiter = Limiter(sample_rate, channels)
        self._limiter.set_limit(PROTECT_DB)
        self._taken: deque[float] = deque([0.0], maxlen=MOMENTARY_FRAMES)
        self._peaks = PeakHold()
        self.meter = Meter(sample_rate, channels)

    @property
    def taken_db(self) -> float:
        """What the limiter took over the last 400 ms, dB; zero or less."""
        return sum(self._taken) / len(self._taken)

    @property
    def true_peak(self) -> float | None:
        """DBTP, the highest of the last ten seconds."""
        return self._peaks.highest

    def set_limit(self, db: float | None) -> None:
        """Set the limit (dBTP); None: only protect."""
        self._limiter.set_limit(PROTECT_DB if db is None else db)

    @property
    def sounds(self) -> bool:
        """Whether sound came last, so that sound that comes next needs no rounded edge."""
        return self._samples is not None or self._held is not None

    @property
    def passing(self) -> bool:
        """Whether a frame that goes out as it came is next."""
        return self._held is not None

    def _pass_on(self, coded: Coded) -> tuple[Frame | None, list[float]]:
        """Take a frame that goes out as it came, right after other sound; give what :meth:`push` gives.

        The limiter sees the first of such frames, so that what came before is finished.
        """
        if self._held is not None:
            ready, self._held = self._held, coded
            return ready, []
        finished, values = self.push(samples_of(self._unpacker.samples_of(coded)), None)
        self._samples, self._held = None, coded
        return finished, values

    def push(self, samples: Samples | None, frame: Frame | None) -> tuple[Frame | None, list[float]]:
        """Take the next samples (None: silence), with the frame that holds just these, if there is one.

        A coded frame without samples goes out as it came, right after other sound (:attr:`sounds`).

        Returns the frame before, ready to go out, and the momentary loudness values it completes (LUFS).

        1. A frame that goes out as it came is not touched, unless silence follows it.
        2. Round off the edges: sound that ends falls, sound that begins rises, within one frame.
        3. Limit.
        4. Measure what goes out.
        """
        if isinstance(frame, Coded):
            return self._pass_on(frame)
        held, self._held = self._held, None
        if held is not None and samples is not None:
            self._limiter.push(samples)
            self._samples, self._frame = samples, frame
            return held, []
        if held is not None:
            self._samples = samples_of(self._unpacker.samples_of(held))
            self._limiter.push(self._samples)
        if samples is None and self._samples is not None:
            self._samples, self._frame = np.multiply(self._samples, _FALL, dtype=np.float32), None
        elif samples is not None and self._samples is None:
            samples, frame = np.multiply(samples, _RISE, dtype=np.float32), None
        gain = self._limiter.push(self._nothing if samples is None else samples)
        ready = self._finished(gain)
        self._samples, self._frame = samples, frame
        self._peaks.hold(self._limiter.peak, self._rate)
        return ready, self.meter.push(ready)

    def _finished(self, gain: Samples | None) -> AudioFrame | None:
        samples = self._samples
        if samples is None or gain is None:
            self._taken.append(0.0)
        if samples is None:
            return None
        if gain is None:
            return self._frame if self._frame is not None else self._made(samples)
        limited = samples * gain
        self._taken.append(10.0 * float(np.log10((mean_square(limited) + 1e-12) / (mean_square(samples) + 1e-12))))
        return self._made(limited)

    def _made(self, samples: Samples) -> AudioFrame:
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples), format=SAMPLE_FORMAT, layout=self._layout)
        frame.sample_rate = self._rate
        return frame
