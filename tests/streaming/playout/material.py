"""Sound that is hard on limiters and levellers: made, not recorded, so that every run hears the same."""

from __future__ import annotations

import math

import numpy as np

RATE = 48_000


def music(seconds: float, lufs: float) -> np.ndarray:
    """Stereo: chords, a beat, verses softer than choruses; about this loud in all."""
    rng = np.random.default_rng(11)
    time = np.arange(int(seconds * RATE)) / RATE
    chords = sum(np.sin(2 * np.pi * f * time + i) for i, f in enumerate((110, 220, 277.2, 329.6, 440, 880)))
    beat = np.exp(-((time * 2) % 1) * 12) * np.sin(2 * np.pi * 60 * time) * 4
    hats = np.exp(-((time * 4) % 1) * 30) * rng.standard_normal(time.size) * 0.7
    shape = np.where((time // 8) % 2 == 0, 0.6, 1.0)
    both = np.stack([(chords + beat + hats) * shape, (0.8 * chords + beat - hats) * shape])
    return scaled(both, lufs)


def speech(seconds: float, lufs: float) -> np.ndarray:
    """Stereo: syllables with a pause of 1.5 s after every four seconds; about this loud in all."""
    rng = np.random.default_rng(12)
    time = np.arange(int(seconds * RATE)) / RATE
    voice = sum(np.sin(2 * np.pi * 140 * k * time + k) / k for k in range(1, 18))
    syllables = np.clip(np.sin(2 * np.pi * 3.3 * time), 0, 1) ** 0.7
    loud = np.interp(time, np.arange(0, seconds + 1, 0.7), rng.uniform(0.5, 1.0, len(np.arange(0, seconds + 1, 0.7))))
    wave = voice * syllables * loud * (time % 5.5 < 4.0) + rng.standard_normal(time.size) * 3e-4
    return scaled(np.stack([wave, wave]), lufs)


def clipped(seconds: float, over_db: float = 2.0) -> np.ndarray:
    """Stereo: music driven into clipping, so square that peaks between samples pass those on them."""
    wave = np.clip(music(seconds, -6.0) * 3, -1, 1)
    return np.asarray(wave * 10 ** (over_db / 20), np.float32)


def sweep(seconds: float, over_db: float = 3.0) -> np.ndarray:
    """Stereo: a sine from 20 Hz to 20 kHz above full scale."""
    time = np.arange(int(seconds * RATE)) / RATE
    phase = 2 * np.pi * 20 * seconds / np.log(1000) * (np.exp(time / seconds * np.log(1000)) - 1)
    wave = 10 ** (over_db / 20) * np.sin(phase)
    return np.stack([wave, wave]).astype(np.float32)


def scaled(samples: np.ndarray, lufs: float) -> np.ndarray:
    """Bring sound to about this loudness (by its mean square, K-weighting left out: ±3 LU)."""
    power = np.mean(np.sum(samples**2, axis=0))
    return np.asarray(samples * 10 ** ((lufs + 0.691) / 20) / np.sqrt(power), np.float32)


def true_peak_db(samples: np.ndarray) -> float:
    """The highest peak at four times the rate, dBTP, by a filter of 127 taps per phase: not the limiter's own."""
    taps = 127
    places = np.arange(-(taps // 2), taps // 2 + 1)
    highest = float(np.abs(samples).max())
    for shift in (0.25, 0.5, 0.75):
        kernel = np.sinc(places - shift) * np.kaiser(taps, 8.0)
        for channel in samples.astype(np.float64):
            highest = max(highest, float(np.abs(np.convolve(channel, kernel / kernel.sum(), "valid")).max()))
    return 20 * math.log10(highest)
