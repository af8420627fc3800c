"""Words and pictures to try a design with before a track has gone out in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from catalog.visuals.titles.design import NIGHT, colour_of, mix
from catalog.visuals.titles.words import Words

NOW = "now"
COVER_SIDE = 480
FINER = 2


@dataclass(frozen=True)
class Sample:
    """A track to try a design with, and how the choice is called."""

    label: str
    artist: str
    title: str


SAMPLES: dict[str, Sample] = {
    "latin": Sample("Latin", "Nina Simone", "Feeling Good"),
    "long": Sample(
        "A long title",
        "Academy of St Martin in the Fields with the Choir of King's College, Cambridge",
        "Concerto for Two Violins in D minor, BWV 1043: II. Largo ma non tanto (Remastered, Live at the Proms)",
    ),
    "cyrillic": Sample("Cyrillic", "Кино", "Группа крови"),
    "greek": Sample("Greek", "Βασίλης Τσιτσάνης", "Συννεφιασμένη Κυριακή"),
    "arabic": Sample("Arabic", "فيروز", "نسّم علينا الهوى"),
    "hebrew": Sample("Hebrew", "שלמה ארצי", "ירח (feat. Someone)"),
    "devanagari": Sample("Devanagari", "लता मंगेशकर", "लग जा गले"),
    "chinese": Sample("Chinese", "周杰倫", "青花瓷"),
    "japanese": Sample("Japanese", "宇多田ヒカル", "First Love 初恋"),
    "korean": Sample("Korean", "아이유", "밤편지"),
    "emoji": Sample("Emoji", "DJ Fox 🦊", "Rain on glass 🌧️ at 4 ☕"),
}


def words_of(name: str, station: str) -> Words:
    """Return the words of a sample."""
    sample = SAMPLES[name]
    return Words(sample.artist, sample.title, station)


def sample_cover(accent: str) -> Image.Image:
    """Return a cover drawn by us: a record on a ground of the accent's shades."""
    side, colour = COVER_SIDE * FINER, colour_of(accent)
    ramp = np.linspace(0, 1, side, dtype=np.float32)[:, None, None]
    bright, dark = (np.array(mix(colour, end, part)) for end, part in (((255, 255, 255), 0.15), (NIGHT, 0.65)))
    ground = np.broadcast_to(bright + (dark - bright) * ramp, (side, side, 3)).astype(np.uint8)
    picture = Image.fromarray(ground)
    pen = ImageDraw.Draw(picture)
    for part, shade in ((0.36, NIGHT), (0.3, mix(NIGHT, (255, 255, 255), 0.06)), (0.29, NIGHT), (0.13, colour)):
        _disc(pen, side, part, shade)
    _disc(pen, side, 0.02, NIGHT)
    return picture.reduce(FINER)


def plain_backdrop(size: tuple[int, int]) -> Image.Image:
    """Return a quiet picture for stations without a loop."""
    shade = np.linspace(0.32, 0.08, size[1], dtype=np.float32)[:, None, None]
    ground = np.array(NIGHT) + (np.array((150, 140, 128)) - np.array(NIGHT)) * shade
    return Image.fromarray(np.broadcast_to(ground, (size[1], size[0], 3)).astype(np.uint8))


def _disc(pen: ImageDraw.ImageDraw, side: int, part: float, colour: tuple[int, int, int]) -> None:
    middle, radius = side / 2, side * part
    pen.ellipse((middle - radius, middle - radius, middle + radius, middle + radius), fill=colour)
