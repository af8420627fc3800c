"""Opens a file that was handed over as a file handle, with everything libav could be talked into shut off.

The ``fd:`` protocol is the only one allowed, so a playlist, a reference or an odd name inside the file leads nowhere;
only the named containers and codecs are tried at all.
"""

from __future__ import annotations

import os

import av
import av.error
import av.logging
from av.container import InputContainer

from catalog.media.inside.job import RefusedError

HEAD_BYTES = 4096
MOV, MATROSKA = "mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm"
# Beginnings of texts that make players open other files.
PLAYLISTS = (b"#EXTM3U", b"ffconcat", b"<?xml", b"<MPD", b"v=0", b"[playlist]", b"# ffconcat")


def open_media(handle: int, *, containers: str, codecs: str) -> InputContainer:
    """Open for reading from the first byte on.

    Args:
        handle: an open file handle.
        containers: libav's names of the demuxers allowed, separated by commas.
        codecs: libav's names of the decoders allowed, separated by commas.

    Raises:
        RefusedError: it is no file of these kinds; the sentence says what it is instead, as far as one can tell.

    """
    av.logging.set_level(av.logging.ERROR)
    os.lseek(handle, 0, os.SEEK_SET)
    options = {
        "fd": str(handle),
        "protocol_whitelist": "fd",
        "format_whitelist": containers,
        "codec_whitelist": codecs,
    }
    try:
        return av.open("fd:", container_options=options, metadata_errors="replace")
    except (av.error.FFmpegError, ValueError) as error:
        raise RefusedError(_why_not(head(handle))) from error


def head(handle: int) -> bytes:
    """Return the first bytes of the file."""
    return os.pread(handle, HEAD_BYTES, 0)


def _why_not(start: bytes) -> str:
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(PLAYLISTS):
        return "This is a playlist or a text that points at other files. Send the video or sound file itself."
    if _is_text(start):
        return "This is a text. Send the video or sound file itself."
    if start[4:8] in {b"ftyp", b"moov", b"mdat", b"free", b"wide", b"skip"}:
        return "The file has no readable index: it was cut off or damaged. Export it again."
    if start.startswith(b"\x1aE\xdf\xa3"):
        return "The file breaks off or is damaged near its beginning. Export it again."
    return "This is not a kind of file that we play, or it is damaged."


def _is_text(start: bytes) -> bool:
    if not start or b"\0" in start:
        return False
    try:
        start[:-4].decode("utf-8") if len(start) == HEAD_BYTES else start.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
