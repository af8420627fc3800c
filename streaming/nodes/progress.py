"""Tells whether an encoder hangs: by the frames it sends, not by being alive. Pure, monotonic seconds.

Only time during which we looked counts: if this process itself stood still (stopped, starved, the machine
asleep), the encoder's statistics lie unread in the socket, and judging it by the clock would kill a healthy one.
"""

from __future__ import annotations

from dataclasses import dataclass

LIMIT = 5.0
START_LIMIT = 20.0
LONGEST_LOOK = 1.0


@dataclass
class Progress:
    """Watches the frame counter of one run; feed ``look`` at least each second."""

    frame: int = -1
    waited: float = 0.0
    looked_at: float | None = None
    moved: bool = False

    def note(self, frame: int) -> bool:
        """Take a frame counter from the statistics; return whether it moved on."""
        if frame <= self.frame or frame <= 0:
            return False
        self.frame, self.waited, self.moved = frame, 0.0, True
        return True

    def look(self, now: float) -> None:
        """Count the time since the last look, at most a second of it."""
        if self.looked_at is not None:
            self.waited += min(max(0.0, now - self.looked_at), LONGEST_LOOK)
        self.looked_at = now

    @property
    def hangs(self) -> bool:
        """No frame for five seconds, or none within twenty from the start."""
        return self.waited >= (LIMIT if self.moved else START_LIMIT)
