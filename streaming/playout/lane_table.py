"""The lanes of one station: which there are, which are connected, which is heard. Belongs to the clock's thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from streaming.playout.lane_choice import LaneKind, Standing, choose, to_open
from streaming.playout.lane_words import why
from streaming.playout.lanes import Lane, Later, MakeSource
from streaming.playout.sound import SoundBuffer
from streaming.playout.spec.sources import PlaylistSpec, SilenceSpec, SoundSpec
from streaming.playout.units import AUDIO_FRAME, SampleIndex

if TYPE_CHECKING:
    from streaming.playout.spec import BackupSpec, SourceSpec

LINGER = 15.0
"""Seconds a lane that is not needed any more stays connected: trouble seldom comes alone."""


@dataclass(frozen=True)
class Step:
    """The sound goes over to another lane at sample ``at``, and why, in a sentence."""

    before: Lane
    lane: Lane
    reason: str
    at: SampleIndex


@dataclass(frozen=True)
class Guest:
    """A presenter's sound, above all others while it lasts; ``make`` gives its source."""

    id: str
    name: str
    make: MakeSource


class LaneTable:
    """Lanes, best first."""

    def __init__(self, rate: int, now: Callable[[], float], make: MakeSource, later: Later) -> None:
        """``make`` gives a lane's source (None: there is none), ``later`` runs what may block, in order."""
        self._rate = rate
        self._now = now
        self._make = make
        self._later = later
        self._span = AUDIO_FRAME / rate
        self._silence = Lane(LaneKind.SILENCE, "", "", None, rate)
        self._guest: Lane | None = None
        self._guest_make: MakeSource = make
        self._backups: list[Lane] = []
        self._emergency: Lane | None = None
        self._return_after = 10.0
        self._begun = False
        self.main = Lane(LaneKind.MAIN, "main", "", SilenceSpec(), rate)
        self.heard = self._silence
        self.lanes = [self.main, self._silence]

    def set_main(self, spec: SourceSpec) -> None:
        """Change the main source; what is in hand of the old one is heard until the new one can be."""
        old = self.main
        if spec == old.spec or (isinstance(spec, PlaylistSpec) and old.is_open and old.replace(spec)):
            return
        self.main = Lane(LaneKind.MAIN, "main", "", spec, self._rate)
        self.main.health.set_rule(old.health.rule)
        silent = isinstance(spec, SilenceSpec)
        if self.heard is old:
            old.retire(self._later)
            old.gone, old.measured = silent, False
        elif old.is_open:
            old.close(self._later)
        if not self._begun and not silent:
            self.heard = self.main
        self._begun = True
        self._arrange()

    def set_sound(self, spec: SoundSpec) -> None:
        """Change what happens when the main source is lost; lanes that stay as they are, are not touched."""
        self._return_after = spec.return_after
        self.main.health.set_rule(spec.silence)
        kept = {lane.id: lane for lane in self._backups}
        backups = [self._backup(wanted, kept.pop(wanted.id, None)) for wanted in spec.backups]
        for lane in kept.values():
            self._drop(lane)
        self._backups = backups
        self._set_emergency(spec.emergency)
        self._arrange()

    def set_guest(self, guest: Guest | None) -> None:
        """Put a presenter above all others, or take them off."""
        if self._guest is not None:
            if guest is not None and guest.id == self._guest.id:
                return
            self._drop(self._guest)
            self._guest = None
        if guest is not None:
            self._guest = Lane(LaneKind.TAKEOVER, guest.id, guest.name, None, self._rate)
            self._guest_make = guest.make
        self._arrange()

    def mind(self, at: SampleIndex, leaving: Lane | None) -> Step | None:
        """Keep the lanes that are not heard, connect and let go as needed, and say if another one is heard now.

        ``leaving`` is still fading out and left alone.
        """
        if leaving is None and self._calm:
            return None
        for lane in self.lanes:
            if lane is not self.heard and lane is not leaving:
                lane.stand_by(at)
        standings = [lane.standing() for lane in self.lanes]
        heard = self.lanes.index(self.heard)
        self._connect(to_open(standings, heard), leaving)
        place = choose(standings, heard, self._return_after)
        return None if place == heard else self._step(standings, heard, place, at)

    @property
    def _calm(self) -> bool:
        """Whether the best lane is heard, nothing is wrong with it and no other is connected: nothing can change."""
        best = self.lanes[0]
        return best is self.heard and best.flows and not any(lane.is_open for lane in self.lanes[1:])

    def close(self) -> None:
        """Let go of every lane."""
        for lane in self.lanes:
            lane.close(self._later)

    def _step(self, standings: list[Standing], heard: int, place: int, at: SampleIndex) -> Step:
        before, lane = self.lanes[heard], self.lanes[place]
        better = lane.called if place < heard else ""
        quiet = before.health.quiet.seconds
        reason = why(standings[heard], before.called, before.error, quiet, better)
        before.lapsed = standings[heard].failing and before.kind is not LaneKind.TAKEOVER
        lane.lapsed = False
        self.heard = lane
        self._arrange()
        return Step(before, lane, reason, at)

    def _connect(self, wanted: set[int], leaving: Lane | None) -> None:
        for place, lane in enumerate(self.lanes):
            if place in wanted:
                lane.unneeded_for = 0.0
                if not lane.is_open and not lane.gone:
                    make = self._guest_make if lane is self._guest else self._make
                    lane.open(SoundBuffer(self._rate, self._now), make, self._later)
            elif lane.is_open and lane is not leaving:
                lane.unneeded_for += self._span
                if lane.unneeded_for >= LINGER:
                    lane.close(self._later)

    def _backup(self, wanted: BackupSpec, lane: Lane | None) -> Lane:
        if lane is not None and lane.spec == wanted.source:
            lane.name = wanted.name
            return lane
        if lane is not None:
            self._drop(lane)
        return Lane(LaneKind.BACKUP, wanted.id, wanted.name, wanted.source, self._rate)

    def _set_emergency(self, spec: PlaylistSpec | None) -> None:
        lane = self._emergency
        if spec is None:
            if lane is not None:
                self._drop(lane)
            self._emergency = None
        elif lane is None:
            self._emergency = Lane(LaneKind.EMERGENCY, "emergency", "", spec, self._rate)
        elif spec != lane.spec:
            lane.replace(spec)

    def _drop(self, lane: Lane) -> None:
        """Take a lane out; one that is heard goes on with what it has in hand until another can be heard."""
        if lane is self.heard:
            lane.gone = True
            lane.retire(self._later)
        else:
            lane.close(self._later)

    def _arrange(self) -> None:
        """List the lanes, best first; one that is heard and not wanted any more stands behind those of its kind."""
        lanes = [self._guest] if self._guest else []
        lanes += [self.main, *self._backups]
        lanes += [self._emergency] if self._emergency else []
        if self.heard not in lanes and self.heard is not self._silence:
            order = list(LaneKind)
            kind = order.index(self.heard.kind)
            place = sum(1 for lane in lanes if order.index(lane.kind) <= kind)
            lanes.insert(place, self.heard)
        self.lanes = [*lanes, self._silence]
