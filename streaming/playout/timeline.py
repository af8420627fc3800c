"""Video time: where each frame stands, and where one picture may give way to the next. Pure arithmetic."""

from __future__ import annotations

from streaming.playout.errors import PictureError
from streaming.playout.units import REORDER, FrameIndex


class Timeline:
    """Numbers frames without a gap across pictures.

    Decode times count 0, 1, 2 … less the constant reordering depth, whatever picture a frame comes from; display
    times are the picture's own, from the frame at which it began. A picture may be left wherever the frames sent
    so far are exactly the first ones in display order, because then nothing shown later was left behind.
    """

    def __init__(self) -> None:
        """Start at frame 0 with nothing sent."""
        self._sent = 0
        self._base = 0
        self._highest = -1
        self._lost = 0

    @property
    def frame(self) -> FrameIndex:
        """Frames sent so far."""
        return FrameIndex(self._sent)

    @property
    def next_dts(self) -> int:
        """Decode time of the next frame, in frames."""
        return self._sent - REORDER

    @property
    def base(self) -> int:
        """The frame at which the picture's pass began."""
        return self._base

    @property
    def may_switch(self) -> bool:
        """Whether decode and display order meet here."""
        return self._highest + 1 == self._sent + self._lost

    def begin(self, offset: int = 0) -> None:
        """Let a picture (or another pass of the same one) begin at the next frame, from display position ``offset`` on.

        Raises:
            PictureError: frames already sent are still owed their neighbours in display order.

        """
        if not self.may_switch:
            raise PictureError("The rendition ends before all frames that its last ones refer to.")
        self._base = self._highest + 1 - offset

    def abandon(self) -> None:
        """Give up display positions that a broken picture left open, so that another may begin here."""
        self._lost = max(self._lost, self._highest + 1 - self._sent)

    def place(self, offset: int) -> tuple[int, int]:
        """Give the next frame in decode order its times.

        Args:
            offset: display position of the frame within its picture, 0-based, in frames.

        Returns:
            ``(dts, pts)`` in frames.

        Raises:
            PictureError: the frame would be shown before it is decoded: the rendition reorders too deeply.

        """
        dts, pts = self.next_dts, self._base + offset
        if pts < dts:
            raise PictureError(f"The rendition reorders frames by more than {REORDER}.")
        self._sent += 1
        self._highest = max(self._highest, pts)
        return dts, pts
