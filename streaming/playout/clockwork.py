"""The clock's thread: takes the sound that is due, the picture that belongs to it, and hands both to every output.

What is due goes out first; sound is settled and coded ahead in the time that is left until the next beat. So on a busy
machine, where a stretch's coding is interrupted by other stations', it delays nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from streaming.playout.clock import Pace
from streaming.playout.coded import Frame
from streaming.playout.errors import PictureError
from streaming.playout.horizon import STRETCH, Horizon
from streaming.playout.screen import Screen
from streaming.playout.sound_coding import SoundEncoder
from streaming.playout.units import AUDIO_FRAME, Unit

log = logging.getLogger(__name__)
FRAMES_A_BEAT = 2
"""AAC frames per beat: 43 ms at 48 kHz; fewer wake-ups cost less."""

LEAST_AHEAD = STRETCH // 2
"""Frames in hand below which another stretch is settled: two beats that may pass before any of it has to be coded."""

STAND_BACK = 0.004
"""Seconds between a beat and coding ahead, in which the outputs send what they got, undisturbed."""

STEER_EVERY = 1.0
SMOOTHING = 0.05


class Clockwork:
    """Media time is the number of samples sent; nothing else moves it."""

    def __init__(
        self,
        horizon: Horizon,
        encoder: SoundEncoder,
        screen: Screen,
        frame_rate: int,
        sample_rate: int,
        deliver: Callable[[Sequence[Unit]], None],
    ) -> None:
        """``deliver`` gets each beat's units in decode order and must not block."""
        self._horizon = horizon
        self._encoder = encoder
        self._screen = screen
        self._frame_rate = frame_rate
        self._sample_rate = sample_rate
        self._deliver = deliver
        self._settled: deque[Frame | None] = deque()
        self._coded: deque[list[Unit]] = deque()
        self._sent = 0
        self._stop = threading.Event()
        self._surplus: float | None = None
        self._steered_at = 0.0

    @property
    def seconds(self) -> float:
        """Media sent so far."""
        return self._sent / self._sample_rate

    @property
    def ahead_ms(self) -> int:
        """How far the sound is settled ahead of what goes out."""
        return (self._horizon.settled - self._sent) * 1000 // self._sample_rate

    def stop(self) -> None:
        """End :meth:`run` after the beat it is in."""
        self._stop.set()

    def run(self) -> None:
        """Beat until stopped."""
        pace = Pace(self._sample_rate, time.monotonic())
        beat = AUDIO_FRAME * FRAMES_A_BEAT
        while not self._stop.wait(pace.wait(beat)):
            now = time.monotonic()
            self._steer(pace, now)
            while pace.due(now) >= beat:
                pace.take(beat)
                self._beat()
            self._code_ahead(now + pace.wait(beat))

    def _beat(self) -> None:
        units: list[Unit] = []
        for _ in range(FRAMES_A_BEAT):
            audio = self._sound()
            units += self._picture()
            units += audio
        self._deliver(units)

    def _sound(self) -> list[Unit]:
        """Take the sound that goes out next; it is coded now if there was no time before."""
        if not self._coded:
            self._code()
        self._sent += AUDIO_FRAME
        return self._coded.popleft()

    def _code_ahead(self, until: float) -> None:
        """Settle and code what is missing, frame by frame, until it is there or the next beat is due (monotonic)."""
        if len(self._coded) + len(self._settled) < LEAST_AHEAD:
            if self._stop.wait(STAND_BACK):
                return
            self._settled.extend(self._horizon.take())
        while self._settled and time.monotonic() < until:
            self._code()

    def _code(self) -> None:
        if not self._settled:
            self._settled.extend(self._horizon.take())
        self._coded.append(self._encoder.encode(self._settled.popleft()))

    def _picture(self) -> list[Unit]:
        """Video up to the decode time the sound has reached; a broken picture never stops the sound."""
        due = self._sent * self._frame_rate // self._sample_rate
        try:
            return self._screen.units_until(due)
        except PictureError as error:
            log.warning("%s", error)
            self._screen.spoilt(error)
            return []

    def _steer(self, pace: Pace, now: float) -> None:
        surplus = self._horizon.sound.surplus
        if surplus is None:
            self._surplus = None
        elif self._surplus is None:
            self._surplus = surplus
        else:
            self._surplus += SMOOTHING * (surplus - self._surplus)
        if now - self._steered_at >= STEER_EVERY:
            self._steered_at = now
            pace.steer(self._surplus)
