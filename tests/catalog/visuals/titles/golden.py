"""Golden pictures of titles: how they are made, compared and renewed.

Renew them after a change that is meant, look at each of them, and commit them with it:

    bin/manage shell -c "from tests.catalog.visuals.titles import golden; golden.renew()"
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from catalog.visuals.titles.drawing import TEMPLATES, Design, draw
from catalog.visuals.titles.words import Words

FOLDER = Path(__file__).parent / "golden"
SIZE = (640, 360)
BLOCK = 8
# Of 255. Another build of the libraries may round otherwise; a changed letter costs 35 or more in some block.
MOST_MEAN, MOST_BLOCK = 0.5, 12.0
THEMES = ("dark", "light")
LINES = {
    "latin": Words("Nina Simone", "Feeling Good", "Night FM"),
    "cyrillic": Words("Кино", "Группа крови", "Ночное радио"),
    "greek": Words("Βασίλης Τσιτσάνης", "Συννεφιασμένη Κυριακή", "Ράδιο Νύχτα"),
    "arabic": Words("فيروز", "نسّم علينا الهوى", "راديو الليل"),
    "hebrew": Words("שלמה ארצי", "עברית (feat. Someone)", "רדיו לילה"),
    "cjk": Words("宇多田ヒカル・周杰倫", "初恋 青花瓷 밤편지", "夜間電台"),
    "emoji": Words("DJ Fox 🦊", "Rain on glass 🌧️ 👨‍👩‍👧 🇮🇩", "Night FM 📻"),
}
# Every position is seen; which line has which matters to nobody.
POSITIONS = ("bottom_start", "bottom_end", "top_start", "top_end")
CASES = [(template, theme, line) for template in TEMPLATES for theme in THEMES for line in LINES]


def composed(template: str, theme: str, words: Words, position: str) -> Image.Image:
    """Return a title over the neutral frame."""
    frame = neutral_frame()
    design = Design(template=template, theme=theme, position=position)
    frame.alpha_composite(draw(design, words, SIZE, cover()))
    return frame.convert("RGB")


def case(template: str, theme: str, line: str) -> Image.Image:
    """Return the picture of a case as it is drawn now."""
    return composed(template, theme, LINES[line], position_of(line))


def position_of(line: str) -> str:
    return POSITIONS[list(LINES).index(line) % len(POSITIONS)]


def path_of(template: str, theme: str, line: str) -> Path:
    return FOLDER / f"{template}-{theme}-{line}.png"


def differences(one: Image.Image, other: Image.Image) -> tuple[float, float]:
    """Return the mean difference of two pictures, and the largest mean difference of a block of 8 by 8 pixels."""
    apart = np.abs(np.asarray(one.convert("RGB"), np.int16) - np.asarray(other.convert("RGB"), np.int16)).mean(axis=2)
    blocks = apart.reshape(SIZE[1] // BLOCK, BLOCK, SIZE[0] // BLOCK, BLOCK).mean(axis=(1, 3))
    return float(apart.mean()), float(blocks.max())


def is_close(one: Image.Image, other: Image.Image) -> bool:
    mean, block = differences(one, other)
    return mean <= MOST_MEAN and block <= MOST_BLOCK


def renew() -> None:
    """Write all golden pictures anew."""
    FOLDER.mkdir(exist_ok=True)
    for template, theme, line in CASES:
        case(template, theme, line).save(path_of(template, theme, line), optimize=True)


def neutral_frame() -> Image.Image:
    """Return a picture with dark and bright parts, in greys."""
    across = np.linspace(40, 200, SIZE[0], dtype=np.float32)[None, :]
    down = np.linspace(0, 32, SIZE[1], dtype=np.float32)[:, None]
    grey = ((across + down) // 8 * 8).astype(np.uint8)
    return Image.fromarray(np.stack([grey, grey, grey], axis=2)).convert("RGBA")


def cover() -> Image.Image:
    """Return a cover of few colours."""
    picture = Image.new("RGB", (300, 300), (176, 74, 54))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((60, 60, 240, 240), fill=(238, 214, 176))
    pen.ellipse((130, 130, 170, 170), fill=(40, 30, 60))
    return picture
