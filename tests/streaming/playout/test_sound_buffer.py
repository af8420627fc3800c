"""What is in hand between a source and the clock: connections that come, run dry, break and are followed by others."""

from __future__ import annotations

import numpy as np
import pytest

from streaming.playout.sound import SoundBuffer
from streaming.playout.units import AUDIO_FRAME, SampleIndex
from tests.streaming.playout.soundlab import RATE, SPAN, frame_of


class Bench:
    """A buffer on a clock of its own."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.buffer = SoundBuffer(RATE, lambda: self.seconds)

    def write(self, segment, seconds):
        for _ in range(round(seconds / SPAN)):
            segment.write(frame_of(np.full(AUDIO_FRAME, 0.5)))

    def heard(self, seconds):
        """Go on for a while; return how many seconds of it were sound."""
        frames = 0
        for _ in range(round(seconds / SPAN)):
            frames += self.buffer.read(SampleIndex(round(self.seconds * RATE))) is not None
            self.seconds += SPAN
        return frames * SPAN


@pytest.fixture
def bench():
    return Bench()


def test_a_connection_is_heard_once_it_has_settled(bench):
    bench.write(bench.buffer.begin(live=True), 2)
    assert bench.heard(3) == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("refilled", [0.0, 0.03, 0.5, 0.9])
def test_a_connection_that_ran_dry_and_broke_while_it_was_refilled_does_not_keep_the_next_one_out(bench, refilled):
    first = bench.buffer.begin(live=True)
    bench.write(first, 2)
    bench.heard(4)
    bench.write(first, refilled)
    assert bench.heard(1) == 0
    bench.write(bench.buffer.begin(live=True), 2)
    assert bench.heard(3) == pytest.approx(1, abs=0.05)


def test_what_is_left_of_a_connection_that_flows_is_heard_before_the_next_one(bench):
    first = bench.buffer.begin(live=True)
    bench.write(first, 2)
    bench.heard(0.6)
    second = bench.buffer.begin(live=True)
    bench.write(second, 2)
    left = first.level / RATE
    bench.heard(left / 2)
    assert first.level < left * RATE
    assert second.taken == 0
