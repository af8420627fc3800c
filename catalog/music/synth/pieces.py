"""Three short pieces for the demo station: an ambient pad, an arpeggio, a slow beat."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from catalog.music.synth.sound import (
    RATE,
    Sound,
    echoed,
    finished,
    in_a_hall,
    noise,
    pitch,
    place,
    pluck,
    softened,
    swell,
    times,
    tone,
)

SECONDS = 40.0
# Sixteenths in a bar, and those of every second bar that leap an octave.
STEPS, HIGH_STEPS = 16, (4, 12)
# How many samples of an old record are a crackle.
CRACKLES = 0.0006
WARM = (1.0, 0.42, 0.22, 0.1, 0.06, 0.03)
ROUND = (1.0, 0.12, 0.05)
BELL = (1.0, 0.0, 0.28, 0.0, 0.07)
KEYS = (1.0, 0.32, 0.06, 0.1)


@dataclass(frozen=True)
class Piece:
    """A piece: its title, how it is encoded, and the playing of it."""

    key: str
    title: str
    codec: str
    ending: str
    play: Callable[[], Sound]


def _empty() -> Sound:
    return np.zeros((round(SECONDS * RATE), 2), dtype=np.float32)


def slow_light() -> Sound:
    """Play an ambient pad: four wide chords that flow into each other, a bell now and then, air like a far sea."""
    chords = ((45, 57, 60, 64, 71), (41, 57, 60, 65, 67), (48, 55, 62, 64, 71), (43, 55, 59, 62, 69))
    sound, each = _empty(), 9.6
    for number, chord in enumerate(chords):
        for voice, note in enumerate(chord):
            envelope = swell(each + 4.4, 3.6, 4.4)
            for side in (-1, 1):
                wave = tone(pitch(note) * (1 + side * 0.0016), each + 4.4, WARM if voice else ROUND, drift=0.0012)
                place(sound, wave * envelope, number * each, 0.085 if voice else 0.14, side * (0.2 + 0.15 * voice))
    melody = ((2.4, 76), (5.0, 83), (11.2, 79), (14.6, 84), (17.0, 81), (21.4, 83), (25.2, 86), (30.6, 81), (33.0, 76))
    for at, note in melody:
        place(sound, tone(pitch(note), 4.0, BELL) * pluck(4.0, 1.3, 0.02), at, 0.075, math.sin(at))
    sound = softened(sound, 2600)
    air = softened(noise(SECONDS, 4), 700) * (0.6 + 0.4 * np.sin(2 * math.pi * times(SECONDS) / 8.0))
    place(sound, air.astype(np.float32), 0, 0.05)
    return finished(in_a_hall(sound, 4.5, 0.55), 2.5, 5.0)


def amber_lines() -> Sound:
    """Play a mellow arpeggio: broken chords that climb and fall, with echoes from side to side and a round bass."""
    beat = 60 / 92
    chords = ((50, 57, 62, 65, 69), (46, 58, 62, 65, 69), (53, 57, 60, 64, 69), (48, 55, 60, 64, 67))
    order = (0, 2, 1, 3, 4, 3, 2, 1)
    plucks, ground = _empty(), _empty()
    for bar in range(int(SECONDS / (4 * beat)) + 1):
        chord = chords[(bar // 1) % len(chords)]
        place(ground, tone(pitch(chord[0] - 12), 4 * beat, ROUND) * swell(4 * beat, 0.08, 1.2), bar * 4 * beat, 0.15)
        for step in range(STEPS):
            at = (bar * STEPS + step) * beat / 4
            note = chord[order[step % 8]] + (12 if step in HIGH_STEPS and bar % 2 else 0)
            level = 0.17 * (1.0 if step % 4 == 0 else 0.72) * (0.8 + 0.2 * math.sin(2 * math.pi * at / 13))
            place(plucks, tone(pitch(note + 12), 0.9, KEYS) * pluck(0.9, 0.24), at, level, 0.5 * math.sin(at * 1.7))
    for bar in range(2, int(SECONDS / (4 * beat)) - 1, 2):
        for at, note in ((0.0, 81), (1.5, 79), (3.0, 76)):
            wave = tone(pitch(note), 2.4, BELL) * pluck(2.4, 0.7, 0.01)
            place(plucks, wave, (bar * 4 + at) * beat, 0.08, 0.3)
    return finished(in_a_hall(echoed(softened(plucks, 4200), beat * 0.75, 0.42) + ground, 2.4, 0.3), 0.6, 4.5)


def _drums(sound: Sound, beat: float) -> None:
    t = times(0.42)
    kick = np.sin(2 * math.pi * (46 * t + 3.4 * (1 - np.exp(-t * 24)))) * np.exp(-t * 8.5)
    snare = softened(noise(0.3, 1), 5200) * pluck(0.3, 0.075) + 0.3 * tone(182, 0.3, ROUND) * pluck(0.3, 0.05)
    hat = noise(0.09, 2)
    hat = (hat - softened(hat, 6500)) * pluck(0.09, 0.022, 0.001)
    bars = int(SECONDS / (4 * beat)) + 1
    for bar in range(bars):
        start = bar * 4 * beat
        for at in (0.0, 1.75, 2.5) if bar % 2 else (0.0, 2.5):
            place(sound, kick.astype(np.float32), start + at * beat, 0.62)
        for at in (1.0, 3.0):
            place(sound, snare, start + at * beat + 0.012, 0.34, 0.05)
        for step in range(8):
            late = 0.07 * beat if step % 2 else 0.0
            place(sound, hat, start + step * beat / 2 + late, 0.3 if step % 2 else 0.17, 0.3)


def after_midnight() -> Sound:
    """Play a slow beat: drums that lie back, electric-piano chords that tremble, a bass that walks a little."""
    beat = 60 / 76
    chords = ((53, 56, 60, 63, 67), (51, 55, 58, 62, 65), (49, 53, 56, 60, 63), (48, 52, 58, 63, 67))
    bass = ((29, 29, 36), (27, 27, 34), (25, 25, 32), (24, 24, 31))
    drums, keys, low = _empty(), _empty(), _empty()
    _drums(drums, beat)
    for bar in range(int(SECONDS / (4 * beat)) + 1):
        start = bar * 4 * beat
        for at, length in ((0.0, 2.3), (2.75, 1.2)):
            for voice, note in enumerate(chords[bar % 4]):
                tremble = 1 + 0.18 * np.sin(2 * math.pi * 4.3 * times(length) + voice)
                wave = tone(pitch(note), length, KEYS) * pluck(length, 0.9, 0.008) * tremble
                place(keys, wave.astype(np.float32), start + at * beat + voice * 0.011, 0.12, (voice - 2) * 0.22)
        for at, note in zip((0.0, 1.75, 3.25), bass[bar % 4], strict=True):
            place(low, tone(pitch(note + 12), 0.85, ROUND) * pluck(0.85, 0.5, 0.012), start + at * beat, 0.3)
    crackle = noise(SECONDS, 6) * (np.random.default_rng(8).random(round(SECONDS * RATE)) > 1 - CRACKLES)
    place(drums, crackle.astype(np.float32), 0, 0.35, -0.2)
    return finished(in_a_hall(softened(keys, 2400), 1.8, 0.32) + low + in_a_hall(drums, 0.7, 0.1, 3), 0.3, 4.0)


PIECES = (
    Piece("demo-slow-light", "Slow Light", "flac", "flac", slow_light),
    Piece("demo-amber-lines", "Amber Lines", "libmp3lame", "mp3", amber_lines),
    Piece("demo-after-midnight", "After Midnight", "aac", "m4a", after_midnight),
)
