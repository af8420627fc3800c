"""Loudness is what EBU R 128 says it is (test tones of EBU Tech 3341), and true peak what lies between samples."""

from __future__ import annotations

import numpy as np
import pytest
from av.audio.frame import AudioFrame

from streaming.playout.loudness import Blocks, Meter, PeakHold, gated, power_of
from streaming.playout.loudness_peak import PeakFinder
from streaming.playout.units import AUDIO_FRAME

RATE = 48_000


def sine(db, seconds, hertz=1000.0, phase=0.0):
    """A stereo sine of this peak level in dBFS."""
    wave = 10 ** (db / 20) * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE + phase)
    return np.stack([wave, wave]).astype(np.float32)


def frames(samples):
    """Whole frames of a stretch of sound."""
    for start in range(0, samples.shape[1] - AUDIO_FRAME + 1, AUDIO_FRAME):
        frame = AudioFrame.from_ndarray(
            np.ascontiguousarray(samples[:, start : start + AUDIO_FRAME]), format="fltp", layout="stereo"
        )
        frame.sample_rate = RATE
        yield frame


def measured(*parts):
    """A meter that has heard these, one after the other."""
    meter = Meter(RATE, 2)
    for frame in frames(np.concatenate(parts, axis=1)):
        meter.push(frame)
    return meter


@pytest.mark.parametrize("level", [-23.0, -33.0, -14.0])
def test_a_steady_tone_reads_its_level_in_all_three(level):
    """Cases 1 and 2 of Tech 3341: -23 and -33 dBFS for 20 s, ±0.1 LU."""
    meter = measured(sine(level, 20))
    assert meter.momentary == pytest.approx(level, abs=0.1)
    assert meter.short_term == pytest.approx(level, abs=0.1)
    assert meter.integrated == pytest.approx(level, abs=0.1)


@pytest.mark.parametrize(
    "parts",
    [
        [(-36, 10), (-23, 60), (-36, 10)],
        [(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)],
        [(-26, 20), (-20, 20.1), (-26, 20)],
    ],
    ids=["case 3", "case 4", "case 5"],
)
def test_integrated_loudness_is_gated(parts):
    """Cases 3 to 5 of Tech 3341: all read -23 LUFS, ±0.1 LU."""
    meter = measured(*[sine(level, seconds) for level, seconds in parts])
    assert meter.integrated == pytest.approx(-23.0, abs=0.1)


def test_short_term_and_momentary_follow_a_change_within_their_windows():
    """Short-term is the mean over 3 s, momentary over 400 ms (cases 9 and 12 of Tech 3341 in short)."""
    meter = measured(sine(-20, 10), sine(-30, 0.5))
    assert meter.momentary == pytest.approx(-30, abs=0.3)
    assert -22 < meter.short_term < -20


def test_silence_has_no_loudness():
    meter = Meter(RATE, 2)
    for _ in range(200):
        meter.push(None)
    assert (meter.momentary, meter.short_term, meter.integrated) == (None, None, None)


def test_the_last_hour_forgets_what_came_before_it():
    blocks = Blocks(10.0)
    for level in [-10.0] * 50 + [-30.0] * 100:
        blocks.add(level)
    assert blocks.gated() == pytest.approx(-30)
    assert gated(np.array([power_of(-80.0), power_of(-90.0)])) is None


@pytest.mark.parametrize(("hertz", "phase"), [(997, 0.0), (RATE / 4, np.pi / 4), (RATE / 6, np.pi / 6), (15_000, 0.4)])
def test_true_peak_sees_what_lies_between_samples(hertz, phase):
    """A sine whose samples miss its crest reads its true level, -6 dBTP, +0.2/-0.4 dB (Tech 3341, cases 15 to 19)."""
    samples = sine(-6, 1, hertz, phase)
    finder = PeakFinder(2)
    peaks = [finder.peaks(frame.to_ndarray()).max() for frame in frames(samples)]
    found = 20 * np.log10(max(peaks[2:]))
    assert -6.4 <= found <= -5.8


def test_a_peak_is_remembered_for_ten_seconds():
    hold = PeakHold()
    hold.hold(0.5, RATE)
    for _ in range(int(9 * RATE / AUDIO_FRAME)):
        hold.hold(0.1, RATE)
    assert hold.highest == pytest.approx(-6.02, abs=0.01)
    for _ in range(int(2 * RATE / AUDIO_FRAME)):
        hold.hold(0.1, RATE)
    assert hold.highest == pytest.approx(-20, abs=0.01)
