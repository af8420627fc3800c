"""Sound as arrays of (samples, 2), -1 to 1, 44,100 samples a second, and the few shapes our pieces are made of."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Sound = npt.NDArray[np.float32]
Wave = npt.NDArray[np.float32]
RATE = 44100
PEAK = 0.84  # -1.5 dB below full scale: no encoder overshoots into clipping


def pitch(note: float) -> float:
    """Return the frequency in hertz of a MIDI note (69 is A at 440 Hz)."""
    return float(440 * 2 ** ((note - 69) / 12))


def times(seconds: float) -> Wave:
    """Return the time of each sample."""
    return np.arange(round(seconds * RATE), dtype=np.float32) / np.float32(RATE)


def tone(frequency: float, seconds: float, harmonics: tuple[float, ...], drift: float = 0.0) -> Wave:
    """Return a tone with these strengths of its harmonics; ``drift`` makes it waver by so much of its frequency."""
    t = times(seconds)
    phase = 2 * math.pi * frequency * t
    if drift:
        phase = phase + drift * frequency / 0.31 * np.sin(2 * math.pi * 0.31 * t + frequency)
    sound = np.zeros_like(t)
    for number, strength in enumerate(harmonics, start=1):
        if strength and frequency * number < RATE / 2.2:
            sound += np.float32(strength) * np.sin(phase * number)
    return sound.astype(np.float32)


def swell(seconds: float, rise: float, fall: float) -> Wave:
    """Return an envelope that rises and falls like half a cosine over so many seconds."""
    t = times(seconds)
    up = np.clip(t / rise, 0, 1)
    down = np.clip((seconds - t) / fall, 0, 1)
    return np.asarray(0.25 * (1 - np.cos(math.pi * up)) * (1 - np.cos(math.pi * down)), dtype=np.float32)


def pluck(seconds: float, decay: float, attack: float = 0.004) -> Wave:
    """Return the envelope of a struck string: at once there, then fading; ``decay`` is the time to a third."""
    t = times(seconds)
    tail = np.clip((seconds - t) / 0.03, 0, 1)
    return np.asarray(np.clip(t / attack, 0, 1) * np.exp(-t / decay) * tail, dtype=np.float32)


def place(onto: Sound, wave: Wave, at: float, level: float, pan: float = 0.0) -> None:
    """Add a wave at so many seconds; ``pan`` is -1 (left) to 1 (right), at constant loudness."""
    start = round(at * RATE)
    end = min(len(onto), start + len(wave))
    if start >= end:
        return
    angle = (pan + 1) * math.pi / 4
    both = np.array([math.cos(angle), math.sin(angle)], dtype=np.float32) * np.float32(level)
    onto[start:end] += wave[: end - start, None] * both


def softened(wave: Wave, cutoff: float) -> Wave:
    """Return the wave with what lies above ``cutoff`` hertz turned down, 12 dB an octave."""
    spectrum = np.fft.rfft(wave, axis=0)
    hertz = np.fft.rfftfreq(len(wave), 1 / RATE)
    gain = 1 / (1 + (hertz / cutoff) ** 2)
    return np.fft.irfft(spectrum * (gain if wave.ndim == 1 else gain[:, None]), len(wave), axis=0).astype(np.float32)


def noise(seconds: float, seed: int) -> Wave:
    """Return white noise, always the same for a seed."""
    return np.random.default_rng(seed).standard_normal(round(seconds * RATE), dtype=np.float32) * np.float32(0.3)


def echoed(sound: Sound, delay: float, feedback: float, times_heard: int = 5) -> Sound:
    """Return the sound with echoes that change sides."""
    out = sound.copy()
    step, part = round(delay * RATE), sound
    for number in range(1, times_heard + 1):
        part = part[:, ::-1]
        out[step * number :] += part[: len(sound) - step * number] * np.float32(feedback**number)
    return out


def in_a_hall(sound: Sound, seconds: float, wet: float, seed: int = 9) -> Sound:
    """Return the sound in a large room that rings for so many seconds."""
    length = round(seconds * RATE)
    rng = np.random.default_rng(seed)
    fade = np.exp(-5.5 * np.arange(length) / length)
    size = 1 << (len(sound) + length - 1).bit_length()
    out = sound * np.float32(1 - wet * 0.4)
    for side in (0, 1):
        room = softened((rng.standard_normal(length) * fade).astype(np.float32), 3200)
        room /= np.sqrt(np.sum(room**2))
        rung = np.fft.irfft(np.fft.rfft(sound[:, side], size) * np.fft.rfft(room, size), size)
        out[:, side] += rung[: len(sound)].astype(np.float32) * np.float32(wet)
    return out


def finished(sound: Sound, fade_in: float, fade_out: float) -> Sound:
    """Return the sound without rumble or offset, faded at both ends, its loudest sample at -1.5 dB."""
    sound = sound - sound.mean(axis=0)
    shape = np.minimum(np.arange(len(sound)) / (fade_in * RATE), 1.0)
    shape = np.minimum(shape, np.arange(len(sound))[::-1] / (fade_out * RATE))
    sound = np.tanh(sound * (1.1 / np.sqrt(np.mean(sound**2)) * 0.14)) * np.clip(shape, 0, 1)[:, None] ** 1.5
    return np.asarray(sound * (PEAK / np.max(np.abs(sound))), dtype=np.float32)
