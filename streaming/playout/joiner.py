"""Plans the transition into a picture: where the old one is left, and whether there is time to make it."""

from __future__ import annotations

import logging
from collections.abc import Callable

from streaming.playout.changes import Change, Picture, SeamState
from streaming.playout.errors import PictureError, SeamError, SeamLateError
from streaming.playout.picture import Feed, Shape, open_feed
from streaming.playout.seams import Seam, Seamer, SeamOrder
from streaming.playout.spec import CUT, TransitionSpec
from streaming.playout.units import FrameIndex

log = logging.getLogger(__name__)
LEAST_LEAD = 0.4
"""Seconds: for an instant nearer than this no seam is tried."""


class Joiner:
    """Makes changes ready; called from loaders' threads, it blocks them."""

    def __init__(self, seamer: Seamer | None, failed: Callable[[str], None]) -> None:
        """Without a seamer there are only cuts; ``failed`` gets a sentence."""
        self._seamer = seamer
        self._failed = failed
        self.transition: TransitionSpec = CUT

    def warm_up(self) -> None:
        """Expect a seam soon."""
        if self._seamer is not None and self.transition != CUT:
            self._seamer.warm_up()

    def close(self) -> None:
        """End the seam process."""
        if self._seamer is not None:
            self._seamer.close()

    def join(self, change: Change, leaving: Picture | None, base: int, frame: int, shape: Shape) -> None:
        """Make the transition for a change and set its state.

        1. a cut is wanted, or a picture is no file: nothing to make;
        2. give a change without an instant one that leaves time, and give up on one that is too near;
        3. make the seam, open it, and note the exact frame it belongs to.

        Args:
            change: what comes; its feed is open.
            leaving: the picture on air now.
            base: the frame at which its pass began.
            frame: frames sent so far.
            shape: what the seam has to be.

        """
        feed, transition, seamer = change.feed, self.transition, self._seamer
        if seamer is None or transition == CUT or not isinstance(feed, Feed) or not isinstance(leaving, Feed):
            change.state = SeamState.NONE
            return
        if change.due is None:
            change.due = FrameIndex(frame + round(seamer.lead * shape.frame_rate))
        place = change.due - base
        if change.due - frame < LEAST_LEAD * shape.frame_rate or not _long_enough(
            leaving, feed, place, transition, seamer
        ):
            return  # what is not ready at its instant is late
        order = SeamOrder(leaving.spec.path, place % leaving.frames, feed.spec.path, transition)
        try:
            seam = seamer.make(order, (change.due - frame) / shape.frame_rate)
            self._open(change, seam, leaving, place, shape)
        except SeamLateError as error:
            log.info("%s This one is left out.", error)
        except (SeamError, PictureError) as error:
            change.state = SeamState.FAILED
            self._failed(f"{error} The picture changes by a cut.")

    def _open(self, change: Change, seam: Seam, leaving: Feed, place: int, shape: Shape) -> None:
        if change.picture is None:
            seam.path.unlink(missing_ok=True)
            return
        try:
            change.seamed = open_feed(change.picture, shape, (seam.path, seam.frames))
        finally:
            seam.path.unlink(missing_ok=True)
        wanted = place % leaving.frames
        change.leaving, change.leaving_frames, change.leave_at = leaving, leaving.frames, seam.leave_at
        if change.due is not None:  # the clean frame may be a little later, or begin the next pass
            change.due = FrameIndex(change.due + (seam.leave_at - wanted) % leaving.frames)
        change.state = SeamState.READY
        if change.done:
            change.seamed.close()


def _long_enough(leaving: Feed, feed: Feed, place: int, transition: TransitionSpec, seamer: Seamer) -> bool:
    """Whether both pictures have the frames a seam needs, and the old one is past its own seam."""
    frames = seamer.frames(transition)
    in_own_seam = place < leaving.seam_frames
    return leaving.frames > 0 and feed.frames > frames and not in_own_seam
