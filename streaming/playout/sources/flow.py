"""A radio's bytes on their way to the decoder, which notices when what arrives is no longer what is decoded."""

from __future__ import annotations

from typing import Protocol

from streaming.playout.errors import SourceError
from streaming.playout.sources.sniff import sniff

PATIENCE = 0.6
"""Seconds of stream without a decoded frame after which its form is looked at anew: less than the buffer holds.

Where frames come in larger portions (Ogg pages), twice the largest portion.
"""

LEAST = 4096
"""Bytes that are never too many without a frame."""

LEARNING = 3.0
"""Seconds after which it is known in which portions frames come."""

AHEAD = 1 << 14
"""Bytes a demuxer may have read beyond the last frame it gave: kept, so that nothing of what follows is lost."""

MOST = 1 << 17
"""Bytes looked through for something that can be decoded."""

GUESSED = 1 << 14
"""Bytes looked at before a radio's own word for its form is taken."""

FIRST = 1 << 18
"""Bytes the first frame may take: cover pictures in tags come before it."""


class FormLostError(Exception):
    """What arrives cannot be decoded as what it was."""


class Reader(Protocol):
    """Bytes as they come; empty at the end."""

    def read(self, size: int = -1) -> bytes:
        """Return up to ``size`` bytes."""


class Flow:
    """A file-like object for a demuxer, over one connection."""

    def __init__(self, reader: Reader) -> None:
        """Read from ``reader``."""
        self._reader = reader
        self._again = b""
        self._history = bytearray()
        self._first = 0
        self._undecoded = self._bytes = self._longest = 0
        self._seconds = 0.0
        self._known = False
        self._allowed_first: float = FIRST

    def read(self, size: int = -1) -> bytes:
        """Return bytes as they come.

        Raises:
            FormLostError: too many since the last decoded frame.

        """
        if self._undecoded > self._allowed():
            raise FormLostError
        if self._again:
            size = size if size > 0 else len(self._again)
            data, self._again = self._again[:size], self._again[size:]
        else:
            data = self._reader.read(size)
        self._history += data
        self._undecoded += len(data)
        return data

    def decoded(self, seconds: float) -> None:
        """Note a decoded frame."""
        self._known = True
        if self._seconds > PATIENCE:
            self._longest = max(self._longest, self._undecoded)
        self._bytes += self._undecoded
        self._seconds += seconds
        self._undecoded = 0
        if len(self._history) > 2 * AHEAD:
            del self._history[:-AHEAD]
            self._first = 0

    def guess(self) -> str | None:
        """Return the demuxer's name for what arrives first, whatever a radio says it is; None if it cannot be told."""
        data = b""
        while len(data) < GUESSED and (more := self._reader.read(1024)):
            data += more
            if (found := sniff(data)) is not None:
                self._again = data[found[1] :]
                return found[0]
        self._again = data
        return None

    def find(self) -> str:
        """Read on until it is known what arrives, and go back to where that begins; returns the demuxer's name.

        Raises:
            SourceError: nothing that can be decoded arrives.

        """
        if not self._known:
            raise SourceError("The source sends nothing that can be decoded.")
        data = bytes(self._history[self._first :]) + self._again
        while (found := sniff(data)) is None:
            more = self._reader.read(1024)
            if not more or len(data) > MOST:
                raise SourceError("The source sends nothing that can be decoded.")
            data += more
        form, place = found
        self._again = data[place:]
        self._begin()
        return form

    def _begin(self) -> None:
        """Count anew, for another form; where this one begins is no place to begin again.

        What was found may be a mistake. It has two seconds of stream to prove itself: what has tags in front of its
        sound has them when a connection begins, not here.
        """
        if self._seconds:
            self._allowed_first = max(LEAST * 8, 2 * self._bytes / self._seconds)
        self._history.clear()
        self._first = 1
        self._bytes = self._longest = self._undecoded = 0
        self._seconds = 0.0
        self._known = False

    def _allowed(self) -> float:
        if not self._known:
            return self._allowed_first
        rate = self._bytes / self._seconds
        if self._seconds < LEARNING:
            return max(LEAST * 8, 2 * rate)
        return max(LEAST, PATIENCE * rate, 2 * self._longest)
