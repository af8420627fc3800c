"""A presenter's pictures passed on as they came, for as long as they are what the station sends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from streaming.livepicture.coding import LiveFrame

if TYPE_CHECKING:
    from streaming.ingest.inside.tags import Coded

REORDER = 2
"""Frames by which decoding may run ahead of showing."""


class NotAsSentError(Exception):
    """A frame is missing, doubled or out of its group: the stream has to be coded anew from the last clean frame."""


class Copying:
    """Passes frames on in groups that are complete in the order of showing, so that it can stop after any of them.

    The stream must have the station's avcC record, its rate without a frame left out, and keyframes that nothing
    shown later depends on from before; at most two frames may be shown out of order.
    """

    def __init__(self, frame_rate: int) -> None:
        """Begin at place 0, with a keyframe."""
        self._rate = frame_rate
        self._group: list[LiveFrame] = []
        self._gop: list[Coded] = []
        self.until = 0

    @property
    def since_key(self) -> list[Coded]:
        """What came since the last keyframe, it included: from here a decoder can begin."""
        return self._gop

    def take(self, coded: Coded, seconds: float) -> Iterator[LiveFrame]:
        """Take the next frame in decode order; ``seconds`` is when it is shown.

        Raises:
            NotAsSentError: it does not belong where it came.

        """
        place = round(seconds * self._rate)
        if coded.key:
            if self._group or place != self.until:
                self._gop.append(coded)
                raise NotAsSentError
            self._gop = []
        self._gop.append(coded)
        if place < self.until or place > self.until + REORDER + 1 or any(f.offset == place for f in self._group):
            raise NotAsSentError
        self._group.append(LiveFrame(coded.data, place, coded.key))
        if max(frame.offset for frame in self._group) + 1 - self.until == len(self._group):
            self.until += len(self._group)
            group, self._group = self._group, []
            yield from group
