"""The job that decodes a poster (a broadcast's thumbnail) and gives all of it as plain pixels, at most 1280 by 720."""

from __future__ import annotations

import base64
from typing import Any

import av.logging

from catalog.media.inside.job import RefusedError, Teller, run
from catalog.visuals.inside.cover import BYTES, first_picture

WIDTH, HEIGHT = 1280, 720
LEAST_WIDTH = 640


def decode(order: dict[str, Any], files: dict[str, int], teller: Teller) -> dict[str, Any]:  # noqa: ARG001  # a job's form
    """Return ``width``, ``height`` and ``rgba``: base64 of four bytes a pixel, row by row."""
    av.logging.set_level(av.logging.ERROR)
    frame = first_picture(files["input"])
    if frame.width < LEAST_WIDTH:
        raise RefusedError(f"The picture is {frame.width} pixels wide; a thumbnail needs at least {LEAST_WIDTH}.")
    factor = min(WIDTH / frame.width, HEIGHT / frame.height)
    width, height = max(1, round(frame.width * factor)), max(1, round(frame.height * factor))
    small = frame.reformat(width, height, "rgba", interpolation="AREA")
    plane, used = small.planes[0], width * BYTES
    data = bytes(plane)
    rows = b"".join(data[start : start + used] for start in range(0, plane.line_size * height, plane.line_size))
    return {"width": width, "height": height, "rgba": base64.b64encode(rows).decode("ascii")}


if __name__ == "__main__":
    run(decode)
