"""A picture's planes as arrays that share its memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from av.video.plane import VideoPlane

Array = npt.NDArray[Any]


def pixels(plane: VideoPlane) -> Array:
    """Return a plane, rows by columns, without the padding at the end of its rows; writing to it writes the picture."""
    buffer: Any = plane
    rows: Array = np.frombuffer(buffer, np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]
