"""Title cards as the compiler takes them: a local file, and the box in which anything is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from catalog.media.storing import local_path

if TYPE_CHECKING:
    from pathlib import Path

    from catalog.visuals.models import TitleCard


def local(card: TitleCard) -> Path:
    """Return the absolute local path of a card, fetched into the cache from an object store.

    Raises:
        MediaMissingError: its file is gone or not whole.

    """
    return local_path(str(card.file.name), size=card.size, cached_as=f"cards/{card.content_key}.png")


def box(path: Path) -> tuple[int, int, int, int]:
    """Return left, top, width and height of what is drawn on a card: pixels, even, at least two each way."""
    with Image.open(path, formats=["PNG"]) as picture:
        drawn = picture.getchannel("A").getbbox() or (0, 0, 0, 0)
        across, down = (_even(drawn[0], drawn[2], picture.width), _even(drawn[1], drawn[3], picture.height))
    return across[0], down[0], across[1], down[1]


def _even(begin: int, end: int, most: int) -> tuple[int, int]:
    """Return where an even span that holds the given one begins, and how long it is."""
    begin = min(begin - begin % 2, most - 2)
    return begin, max(2, min(end + end % 2, most) - begin)
