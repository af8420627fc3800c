"""Which lane is heard, and which ones have to be connected: pure decisions over how the lanes stand.

Lanes are listed best first and end with silence. A lane that fails is left for the best one that can be heard at once;
a better one is returned to after it was good for a while; what connects for the first time is waited for a moment
before something worse takes its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class LaneKind(Enum):
    """Where sound can come from, best first."""

    TAKEOVER = "takeover"
    MAIN = "main"
    BACKUP = "backup"
    EMERGENCY = "emergency"
    SILENCE = "silence"


PATIENCE = {
    LaneKind.TAKEOVER: 0.0,
    LaneKind.MAIN: 4.0,
    LaneKind.BACKUP: 1.2,
    LaneKind.EMERGENCY: 0.5,
    LaneKind.SILENCE: 0.0,
}
"""Seconds a lane is waited for while it connects for the first time and has not failed."""

HICCUP = 1.0
"""Seconds without sound after which a lane that is refilling is left all the same."""

WAIT = 0.85
"""Seconds without sound for which something better that is connecting is waited for, rather than something worse."""

LONGEST = 3.0
"""Seconds without sound after which it is called silence, whatever may be on its way."""

SLOW = 1.5
"""Seconds a source may take to connect before the next one is connected too."""


@dataclass(frozen=True)
class Standing:
    """How a lane stands, as far as the choice needs to know.

    ``ready``: it could be heard from the next frame on. ``low``: it is heard, is about to run dry, and nothing is on
    its way. ``troubled``: it may be about to. ``lapsed``: it was left because it failed, and has to prove itself.
    ``lost``: it is silent and that counts as loss. ``gone``: it is no longer wanted. Times in seconds of media.
    """

    kind: LaneKind
    open_for: float = 0.0
    is_open: bool = False
    delivered: bool = False
    failed: bool = False
    ready: bool = False
    low: bool = False
    troubled: bool = False
    dry_for: float = 0.0
    good_for: float = 0.0
    lapsed: bool = False
    lost: bool = False
    gone: bool = False

    @property
    def hearable(self) -> bool:
        """Whether going over to it makes sense."""
        return self.ready and not self.lost and not self.gone and self.kind is not LaneKind.SILENCE

    @property
    def connecting(self) -> bool:
        """Whether it is worth waiting for."""
        return (
            self.is_open
            and not (self.delivered or self.failed or self.gone)
            and not self.ready
            and self.open_for < PATIENCE[self.kind]
        )

    @property
    def pending(self) -> bool:
        """Whether it may yet be heard soon: it is connecting, or is about to."""
        unopened = not self.is_open and not self.gone and self.kind in {LaneKind.BACKUP, LaneKind.EMERGENCY}
        return self.connecting or unopened

    @property
    def slow(self) -> bool:
        """Whether it takes long to connect."""
        return self.connecting and self.open_for > SLOW

    @property
    def failing(self) -> bool:
        """Whether a lane that is heard has to be left."""
        if self.kind is LaneKind.SILENCE or self.gone or self.lost:
            return True
        return not self.connecting and (self.low or self.dry_for >= HICCUP)


def choose(lanes: Sequence[Standing], heard: int, return_after: float) -> int:
    """Return the lane to be heard from the next frame on.

    1. A better lane that has been good for long enough (at once, if it never failed or there is silence now).
    2. The one that is heard, while it does not fail.
    3. The best other one that can be heard; a better one that is connecting is waited for, but not for long.
    4. Silence, once there has been nothing to hear for a while; a silent source is no worse than silence.
    """
    now = lanes[heard]
    for place, lane in enumerate(lanes[:heard]):
        proven = not lane.lapsed or now.kind is LaneKind.SILENCE or lane.good_for >= return_after
        if lane.hearable and proven:
            return place
    if not now.failing:
        return heard
    others = [(place, lane) for place, lane in enumerate(lanes) if place != heard]
    for place, lane in others:
        if lane.hearable:
            return place
        if lane.connecting and now.dry_for < WAIT:
            return heard
    coming = any(lane.pending for _, lane in others)
    if now.lost or (now.gone and coming and now.dry_for < LONGEST):
        return heard
    over = now.gone or now.dry_for >= (LONGEST if coming else HICCUP)
    return len(lanes) - 1 if over else heard


def to_open(lanes: Sequence[Standing], heard: int) -> set[int]:
    """Return which lanes have to be connected.

    1. The main source and a presenter, always; the one that is heard.
    2. Those better than the one that is heard: they try to come back.
    3. While the one that is heard is in trouble: the next one, those after it as long as none is ready or connecting,
       and the emergency playlist, which costs nothing to have at hand.
    """
    now = lanes[heard]
    always = {LaneKind.MAIN, LaneKind.TAKEOVER}
    wanted = {place for place, lane in enumerate(lanes) if lane.kind in always or place <= heard}
    if not (now.troubled or now.failing or now.slow):
        return wanted
    covered = False
    for place, lane in enumerate(lanes[heard + 1 :], heard + 1):
        if lane.kind is LaneKind.EMERGENCY or not covered:
            wanted.add(place)
        covered = covered or lane.hearable or (lane.kind is LaneKind.BACKUP and not lane.is_open) or lane.connecting
    return wanted
