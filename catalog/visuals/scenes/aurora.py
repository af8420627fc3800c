"""Northern lights in amber and teal over a lake, slowly waving, with a hill line and stars."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from av import VideoFrame

from catalog.visuals.scenes.light import HEIGHT, WIDTH, Light, Scene, bell, colour, developed_by_halves, lay

SECONDS = 10
Map = npt.NDArray[np.float32]
# The curtains are soft: a quarter of the size each way is enough, and sixteen times faster.
COARSE = 4
HORIZON = 520
STARS = 170


@dataclass(frozen=True)
class Curtain:
    """One band of light: where its lower edge hangs, how high it reaches, how it waves."""

    base: float
    swing: float
    reach: float
    strength: float
    waves: tuple[tuple[float, int, float], ...]
    shift: float
    foot: Light
    crown: Light

    def light(self, across: Map, down: Map, turn: float) -> Light:
        """Return its light; ``across`` runs 0 to 1, ``down`` is in pixels."""
        full = 2 * math.pi
        edge = np.zeros_like(across)
        for bends, turns, phase in self.waves:
            edge += np.sin(full * (bends * across + turns * turn + phase)) / len(self.waves)
        edge = self.base + self.swing * edge
        own = across + self.shift
        fold = 0.5 + 0.5 * np.sin(full * (1.3 * own - turn) + 2.6 * np.sin(full * (0.9 * own + turn)))
        rays = 0.72 + 0.28 * np.sin(full * (11 * own + turn) + 3 * np.sin(full * (3 * own - turn)))
        rays *= 0.86 + 0.14 * np.sin(full * (37 * own - 2 * turn) + 2 * np.sin(full * (5 * own + turn)))
        above = edge - down
        reach = self.reach * (0.55 + 0.75 * fold)
        body = np.where(above > 0, np.exp(-above / reach), np.exp(-((above / 13) ** 2))).astype(np.float32)
        part = body * (self.strength * (0.12 + fold**1.6) * rays).astype(np.float32)
        rise = np.clip(above / (reach * 1.6), 0, 1).astype(np.float32)[..., None]
        return np.asarray(part[..., None] * (self.foot * (1 - rise) + self.crown * rise), dtype=np.float32)


CURTAINS = (
    Curtain(
        base=300,
        swing=62,
        reach=88,
        strength=0.62,
        waves=((0.9, 1, 0.1), (1.7, -1, 0.45), (0.5, 1, 0.8)),
        shift=0.37,
        foot=colour(70, 190, 165),
        crown=colour(70, 70, 150),
    ),
    Curtain(
        base=392,
        swing=58,
        reach=118,
        strength=1.05,
        waves=((0.7, -1, 0.3), (1.4, 1, 0.0), (2.3, 1, 0.6)),
        shift=0.0,
        foot=colour(255, 190, 80),
        crown=colour(190, 60, 105),
    ),
)


def _hills() -> Map:
    """Return the height of the hill line above the horizon, in pixels, for each column: slopes with firs on them."""
    across = np.arange(WIDTH, dtype=np.float32)
    far = across / WIDTH
    line = np.maximum(8, 34 + 22 * np.sin(5.1 * far + 0.4) + 12 * np.sin(11.7 * far + 2) + 5 * np.sin(29 * far))
    rng = np.random.default_rng(3)
    firs = np.zeros_like(line)
    for x in rng.uniform(0, WIDTH, 420):
        tall = rng.uniform(5, 17) * (0.45 + 0.55 * math.sin(9 * x / WIDTH) ** 2)
        firs = np.maximum(firs, tall - np.abs(across - x) * 2.6)
    return np.asarray(line + firs, dtype=np.float32)


def _stars() -> tuple[list[tuple[float, float, Map, Light, int, float]], Light]:
    rng = np.random.default_rng(11)
    twinkling = []
    still = np.zeros((HORIZON, WIDTH, 3), dtype=np.float32)
    for number in range(STARS):
        x, y = rng.uniform(0, WIDTH), HORIZON * rng.random() ** 1.4
        tint = colour(225, 230, 245) * np.float32(rng.uniform(0.05, 0.5) ** 1.3)
        shape = bell(rng.uniform(0.8, 1.5))
        if number % 5 == 0:
            twinkling.append((x, y, shape, tint, int(rng.integers(1, 4)), rng.random()))
        else:
            lay(still, shape, x, y, tint)
    return twinkling, still


def _enlarged(picture: Light, onto: Light) -> None:
    """Write the picture four times as wide and high, values between mixed evenly."""
    lower = np.concatenate([picture[1:], picture[-1:]])
    tall = np.empty((picture.shape[0] * COARSE, *picture.shape[1:]), dtype=np.float32)
    for step in range(COARSE):
        part = np.float32(step / COARSE)
        tall[step::COARSE] = picture * (1 - part) + lower * part
    right = np.concatenate([tall[:, 1:], tall[:, -1:]], axis=1)
    right -= tall
    for step in range(COARSE):
        onto[:, step::COARSE] = tall + right * np.float32(step / COARSE)


class Lake:
    """The water below the horizon: the sky upside down, dimmed, moved sideways by small waves."""

    def __init__(self) -> None:
        self._depth = np.arange(HEIGHT - HORIZON, dtype=np.float32)
        self._columns = np.arange(WIDTH, dtype=np.int32)
        self._mirrored = np.clip(HORIZON - 1 - (self._depth * 2.1).astype(np.int32), 0, HORIZON - 1)
        self._dimmed = (0.42 * np.exp(-self._depth / 190))[:, None].astype(np.float32)

    def reflect(self, light: Light, turn: float) -> None:
        """Fill the rows below the horizon from those above."""
        waves = 5 * np.sin(2 * math.pi * (self._depth / 17 - 2 * turn))
        waves += 3 * np.sin(2 * math.pi * (self._depth / 7.3 + 3 * turn))
        shifts = (waves * np.clip(self._depth / 60, 0.1, 1)).astype(np.int32)
        for row, (above, shift) in enumerate(zip(self._mirrored, shifts, strict=True)):
            light[HORIZON + row] = light[above].take(self._columns + shift, axis=0, mode="clip") * self._dimmed[row]
        light[HORIZON:] += WATER


WATER = colour(7, 9, 12)


def _prepared() -> Callable[[float], Light]:
    """Prepare what stands still, and return the drawing of one moment."""
    twinkling, still = _stars()
    down = np.arange(HORIZON, dtype=np.float32)[:, None]
    sky = colour(9, 12, 19) + (down / HORIZON)[..., None] ** 2 * colour(24, 24, 34) + still
    covered = np.clip(_hills() - (HORIZON - down) + 0.5, 0, 1)[..., None].astype(np.float32)
    seen, ground = 1 - covered, covered * colour(6, 7, 9)
    coarse_across = np.linspace(0, 1, WIDTH // COARSE, endpoint=False, dtype=np.float32)[None, :]
    coarse_down = np.arange(0, HORIZON, COARSE, dtype=np.float32)[:, None]
    lake, light = Lake(), np.empty((HEIGHT, WIDTH, 3), dtype=np.float32)

    def moment(turn: float) -> Light:
        coarse = CURTAINS[0].light(coarse_across, coarse_down, turn)
        for curtain in CURTAINS[1:]:
            coarse += curtain.light(coarse_across, coarse_down, turn)
        above = light[:HORIZON]
        _enlarged(coarse, above)
        above += sky
        for x, y, shape, tint, turns, phase in twinkling:
            lay(above, shape, x, y, tint * np.float32(0.6 + 0.4 * math.sin(2 * math.pi * (turns * turn + phase))))
        above *= seen
        above += ground
        lake.reflect(light, turn)
        return light

    return moment


def frames() -> Iterator[VideoFrame]:
    """Draw all pictures of the loop."""
    return developed_by_halves(_prepared(), SECONDS)


AURORA = Scene("demo-aurora", "Aurora", frames)
