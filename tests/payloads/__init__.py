"""Real payloads, a file per case."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def payload(name: str) -> Any:
    """A payload by its name, e.g. ``azuracast/song_changed``."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def changed(name: str, path: str, value: Any) -> Any:
    """A payload with one field set, e.g. ``now_playing.song.title``."""
    document = payload(name)
    *parents, last = path.split(".")
    place = document
    for parent in parents:
        place = place[parent]
    place[last] = value
    return document


def without(name: str, path: str) -> Any:
    """A payload that lacks one field."""
    document = payload(name)
    *parents, last = path.split(".")
    place = document
    for parent in parents:
        place = place[parent]
    del place[last]
    return document
