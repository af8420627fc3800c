"""Finds in a recording when the sound changed and when the picture did: tracks are tones, loops are colours."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import av
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

SONGS = [("Ana", "Ruby", (215, 40, 40), 420), ("Bo", "Moss", (40, 190, 70), 900), ("Cy", "Sea", (40, 70, 215), 1700)]
DEPARTED = 4.0  # of 255: a colour this far from another is on its way to the next
START = 15.0  # seconds: two tracks at most
FAR = 3.0  # seconds: what is further apart belongs to different tracks
GOAL = 0.5


@dataclass
class Change:
    """One change of track in a recording: when the sound changed and when the picture did (None: not at all)."""

    song: int
    sound: float
    picture: float | None

    @property
    def difference(self) -> float:
        """Seconds by which the picture came later."""
        return float("inf") if self.picture is None else self.picture - self.sound


@dataclass
class Measured:
    """What one station's recording showed, and for each change how the picture stood at the webhook's arrival."""

    name: str
    changes: list[Change]
    at_arrival: list[float] = field(default_factory=list)

    @property
    def differences(self) -> list[float]:
        """Seconds of picture minus sound."""
        return [change.difference for change in self.changes]

    @property
    def share(self) -> float:
        """How many of the changes came within the goal."""
        return sum(abs(d) <= GOAL for d in self.differences) / len(self.changes)

    def line(self) -> str:
        """Say it in a line."""
        seen = sorted(d for d in self.differences if d != float("inf"))
        return (
            f"{self.name:8} {len(self.changes):4} changes  within {GOAL} s: {100 * self.share:5.1f} %  "
            f"median {median(seen):+.3f} s  earliest {seen[0]:+.3f} s  latest {seen[-1]:+.3f} s  "
            f"missing {len(self.changes) - len(seen)}"
        )


def measure(name: str, recording: Path, facts: list[dict[str, Any]], told: list[tuple[float, int]]) -> Measured:
    """Compare picture and sound of a recording; what was told before it was on air does not count."""
    sounds, pictures = tone_changes(recording), colour_changes(recording)
    changes = []
    for at, place in sounds:
        if at < START:
            continue
        away = sorted((abs(t - at), t) for t, colour in pictures if colour == place and abs(t - at) < FAR)
        changes.append(Change(place, at, away[0][1] if away else None))
    measured = Measured(name, changes)
    titles = [fact for fact in facts if fact["event"] == "title"]
    aired = [(fact["media"], fact["cue"]["track"].get("title")) for fact in facts if fact["event"] == "aired"]
    if titles and aired:
        offset = _offset(pictures, aired)
        for change in changes:
            arrivals = [_media(titles, at) + offset for at, place in told if place == change.song]
            before = [at - change.sound for at in arrivals if -12 < at - change.sound < 4]
            measured.at_arrival += [max(before)] if before else []
    return measured


def tone_changes(recording: Path) -> list[tuple[float, int]]:
    """Return (seconds, song) where the tone of the sound changes, to some 10 ms."""
    samples, start, rate = _sound(recording)
    size, hop = 2048, 256
    frequencies = np.fft.rfftfreq(size, 1 / rate)
    bins = [int(np.argmin(np.abs(frequencies - hertz))) for *_, hertz in SONGS]
    window = np.hanning(size)
    heard: list[tuple[float, int]] = []
    for place in range(0, len(samples) - size, hop):
        spectrum = np.abs(np.fft.rfft(samples[place : place + size] * window))
        power = [float(spectrum[b - 2 : b + 3].sum()) for b in bins]
        best = int(np.argmax(power))
        if power[best] > 5.0 and power[best] > 3 * sorted(power)[-2]:
            heard.append((start + (place + size / 2) / rate, best))
    return _steps(heard, steady=20)


def colour_changes(recording: Path) -> list[tuple[float, int]]:
    """Return (seconds, song) where the picture begins to leave one song's colour for another's."""
    times, shown = _colours(recording)
    near = np.array([np.abs(shown - colour).max(axis=1) for _, _, colour, _ in SONGS]).T
    rough = np.where(near.min(axis=1) < 4 * DEPARTED, near.argmin(axis=1), -1)
    # A coded colour is not quite the one that was asked for: its own frames say what it is.
    real = {n: np.median(shown[rough == n], axis=0) for n in range(len(SONGS)) if (rough == n).any()}
    found: list[tuple[float, int]] = []
    settled, left = -1, 0
    for place, colour in enumerate(shown):
        steady = next((n for n, own in real.items() if np.abs(colour - own).max() < DEPARTED), -1)
        if steady == settled:
            left = place + 1
        elif steady >= 0:
            found.append((float(times[left]), steady))
            settled, left = steady, place + 1
    return found


def _colours(recording: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return each frame's time in seconds and its mean colour."""
    times, shown = [], []
    with av.open(str(recording)) as container:
        for frame in container.decode(video=0):
            times.append(float(frame.time or 0.0))
            shown.append(frame.reformat(width=16, height=16, format="rgb24").to_ndarray().reshape(-1, 3).mean(axis=0))
    return np.array(times), np.array(shown)


def _sound(recording: Path) -> tuple[np.ndarray, float, int]:
    parts: list[np.ndarray] = []
    start, rate = 0.0, 48000
    with av.open(str(recording)) as container:
        for frame in container.decode(audio=0):
            if not parts:
                start, rate = float(frame.time or 0.0), frame.sample_rate
            parts.append(frame.to_ndarray().reshape(frame.layout.nb_channels, -1)[0])
    return np.concatenate(parts), start, rate


def _steps(heard: Sequence[tuple[float, int]], *, steady: int) -> list[tuple[float, int]]:
    """Return the first moment of each run of at least so many equal values."""
    found: list[tuple[float, int]] = []
    for place, (at, value) in enumerate(heard):
        rest = heard[place : place + steady]
        if len(rest) == steady and all(v == value for _, v in rest) and (not found or found[-1][1] != value):
            found.append((at, value))
    return found


def _offset(pictures: list[tuple[float, int]], aired: list[tuple[float, Any]]) -> float:
    """Return the recording's time less the run's media time."""
    titles = [title for _, title, *_ in SONGS]
    gaps = [
        min((t - media for t, place in pictures if titles[place] == title), key=abs)
        for media, title in aired
        if any(titles[place] == title for _, place in pictures)
    ]
    return float(median(gaps))


def _media(titles: list[dict[str, Any]], wall: float) -> float:
    """Return the media time at a wall clock time, by the title that is nearest."""
    near = min(titles, key=lambda fact: abs(fact["heard_at"] - wall))
    return float(near["media"] + wall - near["heard_at"])
