"""Cuts ICY metadata out of a radio's bytes and tells each title where the sound it belongs to begins."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BufferedReader

from streaming.playout.sources.sniff import runs_through

TITLE = re.compile(rb"StreamTitle='(.*?)';(?=\s*Stream|\s*\x00|\s*$|[A-Za-z]+=')", re.DOTALL)
TITLE_LIMIT = 1024
MOST_BETWEEN = 1 << 20
TAIL = 1 << 13
"""Bytes of sound kept to tell whether a block is sound too."""


class IcyReader:
    """A file-like object over the sound alone, for a demuxer.

    Format: after every ``interval`` bytes of sound one byte gives the metadata's length ÷ 16, then the metadata,
    zero-padded (SHOUTcast's protocol as Icecast serves it). ``interval`` 0 passes all through. So does everything from
    a block on that is sound: frames run through it, so the radio promised metadata that it does not send.
    """

    def __init__(self, body: BufferedReader, interval: int, heard: Callable[[str], None]) -> None:
        """Read from ``body``; ``heard`` gets each new title before the first byte of sound that follows it."""
        self._body = body
        self._interval = interval if 0 < interval <= MOST_BETWEEN else 0
        self._left = self._interval
        self._heard = heard
        self._last: str | None = None
        self._back = self._tail = b""

    def read(self, size: int = -1) -> bytes:
        """Return up to ``size`` bytes of sound as they come; empty at the end."""
        size = size if size > 0 else 1 << 15
        if self._back:
            data, self._back = self._back[:size], self._back[size:]
            return data
        if not self._interval:
            return self._body.read1(size)
        if self._left == 0:
            return self.read(size) if self._metadata() else b""
        data = self._body.read1(min(size, self._left))
        self._left -= len(data)
        self._tail = (self._tail + data)[-TAIL:]
        return data

    def _metadata(self) -> bool:
        """Read the block that is due; False at the end of the stream."""
        length = self._body.read(1)
        if not length:
            return False
        block = self._body.read(length[0] * 16)
        if len(block) < length[0] * 16:
            return False
        if runs_through(self._tail + length + block, len(self._tail)):
            self._interval, self._back = 0, length + block
            return True
        self._left = self._interval
        title = stream_title(block)
        if title is not None and title != self._last:
            self._last = title
            self._heard(title)
        return True


def stream_title(block: bytes) -> str | None:
    """Return the title a metadata block carries, cleaned; None if it carries none.

    Titles come in UTF-8 or, from older encoders, in Windows-1252; control characters are dropped.
    """
    match = TITLE.search(block)
    if match is None:
        return None
    raw = match.group(1)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    return "".join(c for c in text if c.isprintable() or c == " ")[:TITLE_LIMIT].strip()
