"""The job that decodes a cover, or any picture from outside, and gives it as a square of plain pixels."""

from __future__ import annotations

import base64
import os
from typing import Any

import av
import av.error
import av.logging
from av import VideoFrame
from av.container import InputContainer

from catalog.media.inside.job import RefusedError, Teller, run

CONTAINERS, CODECS = "jpeg_pipe,png_pipe,webp_pipe,gif", "mjpeg,png,webp,gif"
MOST_PIXELS = 36_000_000
LEAST_SIDE, MOST_SIDE = 32, 800
BYTES = 4
# "explode": a picture that breaks off is an error, not a picture with a green half.
DECODING = {"max_pixels": str(MOST_PIXELS), "err_detect": "explode", "codec_whitelist": CODECS}


def decode(order: dict[str, Any], files: dict[str, int], teller: Teller) -> dict[str, Any]:  # noqa: ARG001  # a job's form
    """Decode the first picture of ``files["input"]`` and return the middle square of it, and how it was held.

    1. decode one picture; 2. scale it, at most to 800 by 800.
    """
    av.logging.set_level(av.logging.ERROR)
    what = str(order.get("what", "cover"))
    frame = first_picture(files["input"], what=what)
    side = min(MOST_SIDE, frame.width, frame.height)
    if side < LEAST_SIDE:
        raise RefusedError(f"The {what} has {frame.width} by {frame.height} pixels, too few to be shown.")
    rgba = base64.b64encode(_square(frame, side)).decode("ascii")
    return {"side": side, "rgba": rgba, "turned": round(frame.rotation / 90) * 90}


def first_picture(handle: int, *, what: str = "cover") -> VideoFrame:
    """Return the first picture of an open file; its size is read before any pixel is decoded."""
    with _opened(handle, what) as container:
        return _first(container, what)


def _opened(handle: int, what: str) -> InputContainer:
    os.lseek(handle, 0, os.SEEK_SET)
    options = {"fd": str(handle), "protocol_whitelist": "fd", "format_whitelist": CONTAINERS}
    try:
        return av.open("fd:", container_options=options, options=DECODING, metadata_errors="replace")
    except (av.error.FFmpegError, ValueError) as error:
        raise RefusedError(f"The {what} is no JPEG, PNG, WebP or GIF picture, or it is damaged.") from error


def _first(container: InputContainer, what: str) -> VideoFrame:
    if not container.streams.video:
        raise RefusedError(f"The {what} holds no picture.")
    context = container.streams.video[0].codec_context
    context.options = DECODING
    context.thread_count = 1
    if context.width * context.height > MOST_PIXELS:
        most = MOST_PIXELS // 1_000_000
        raise RefusedError(f"The {what} has {context.width} by {context.height} pixels, more than {most} million.")
    try:
        frame = next(container.decode(video=0), None)
    except av.error.FFmpegError as error:
        raise RefusedError(f"The {what} is damaged or has too many pixels.") from error
    if frame is None or frame.is_corrupt:
        raise RefusedError(f"The {what} breaks off or is damaged.")
    return frame


def _square(frame: VideoFrame, side: int) -> bytes:
    """Return the middle square, ``side`` pixels wide, four bytes a pixel (red, green, blue, opacity)."""
    shorter = min(frame.width, frame.height)
    width, height = (max(side, round(length * side / shorter)) for length in (frame.width, frame.height))
    small = frame.reformat(width, height, "rgba", interpolation="AREA")
    plane = small.planes[0]
    data, left, top = bytes(plane), (width - side) // 2 * BYTES, (height - side) // 2
    starts = (row * plane.line_size + left for row in range(top, top + side))
    return b"".join(data[start : start + side * BYTES] for start in starts)


if __name__ == "__main__":
    run(decode)
