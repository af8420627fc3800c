"""One way by which sound can come: a source, its buffer, how it has been, and what it last said of itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from streaming.playout.coded import Coded, Frame
from streaming.playout.lane_choice import LaneKind, Standing
from streaming.playout.lane_health import Health
from streaming.playout.lane_words import called
from streaming.playout.loudness_gain import Leveller
from streaming.playout.samples import mean_square, samples_of
from streaming.playout.sound import TARGET, SoundBuffer
from streaming.playout.spec.sources import PlaylistSpec
from streaming.playout.units import AUDIO_FRAME, SampleIndex

if TYPE_CHECKING:
    from streaming.playout.coded import Unpacker
    from streaming.playout.samples import Samples
    from streaming.playout.sources.base import Source
    from streaming.playout.spec import Entry, SourceSpec

LOW = 0.08
"""Seconds in hand at which a lane is left: enough for the crossfade."""

READY = 0.25
TROUBLED = 0.6
STALLED = 1.0
"""Seconds in which nothing came, after which a lane that is not heard counts as broken."""

MOST_SKIPPED = 8
"""Frames a lane that is not heard gives up at once, to stay at its buffer's target."""

Piece = tuple[Frame, "Samples | None"]
"""A frame and its samples; those of one that is coded are only taken where they are wanted."""

Later = Callable[[Callable[[], None]], None]
MakeSource = Callable[["Lane", SoundBuffer], "Source | None"]


class Lane:
    """Belongs to the clock's thread, but for what its source's thread calls."""

    def __init__(self, kind: LaneKind, identity: str, name: str, spec: SourceSpec | None, rate: int) -> None:
        """Make a closed lane."""
        self.kind = kind
        self.id = identity
        self.name = name
        self.spec = spec
        self.live = not isinstance(spec, PlaylistSpec)
        self.health = Health()
        self.leveller = Leveller()
        self.applied_db = 0.0
        self.source: Source | None = None
        self.buffer: SoundBuffer | None = None
        self.lapsed = False
        self.gone = False
        self.title = ""
        self.told = ""
        self.entry: Entry | None = None
        self.measured = kind is LaneKind.MAIN
        self.unneeded_for = 0.0
        self._open_for = 0.0
        self._span = AUDIO_FRAME / rate
        self._since = 0.0

    @property
    def called(self) -> str:
        """What it is called at the beginning of a sentence."""
        return called(self.kind, self.name)

    @property
    def beginning(self) -> SourceSpec | None:
        """What to start its source with: a playlist goes on after the entry it was at."""
        spec, entry = self.spec, self.entry
        if not isinstance(spec, PlaylistSpec) or entry is None or spec.shuffle:
            return spec
        places = [place for place, other in enumerate(spec.entries) if other.id == entry.id]
        start = places[0] + 1 if places else 0
        return replace(spec, entries=spec.entries[start:] + spec.entries[:start])

    @property
    def is_open(self) -> bool:
        """Whether its source was asked for sound."""
        return self.source is not None

    @property
    def up(self) -> bool:
        """Whether its source sends sound."""
        return self.source.up if self.source else False

    @property
    def error(self) -> str:
        """What its source last complained of."""
        return self.source.error if self.source else ""

    @property
    def surplus(self) -> float | None:
        """Seconds in hand above the target, of live sound that flows."""
        return self.buffer.surplus if self.buffer else None

    @property
    def milliseconds(self) -> int:
        """Sound in hand."""
        return self.buffer.milliseconds if self.buffer else 0

    @property
    def flows(self) -> bool:
        """Whether its last frame came, there are more in hand than in any trouble, and it is wanted."""
        health = self.health
        well = health.delivered and health.dry_for == 0 and not health.lost and not self.gone
        return well and self.milliseconds >= TROUBLED * 1000

    def open(self, buffer: SoundBuffer, make: MakeSource, later: Later) -> None:
        """Have its source connect."""
        source = make(self, buffer)
        if source is None:
            return
        rule = self.health.rule
        self.health = Health(rule)
        self.buffer, self.source = buffer, source
        self._open_for = self._since = self.unneeded_for = 0.0
        later(source.start)

    def retire(self, later: Later) -> None:
        """Let its source go and keep what is in hand."""
        if self.source is not None:
            later(self.source.stop)

    def close(self, later: Later) -> None:
        """Let everything go."""
        self.retire(later)
        self.source = self.buffer = None

    def read(self, at: SampleIndex, unpacker: Unpacker, *, coded: bool) -> Piece | None:
        """Give the next frame of a lane that is heard, and its samples; None where there is none.

        With ``coded`` a frame that may go out as it came is given as such, without samples: it is not measured.
        """
        self._open_for += self._span
        frame = self.buffer.read(at) if self.buffer else None
        if frame is None:
            self.health.missed(self._span, broken=self.health.dry_for > STALLED)
            return None
        self._since = 0.0
        if isinstance(frame, Coded):
            if coded:
                self.health.heard(1.0, self._span)
                return frame, None
            frame = unpacker.samples_of(frame)
        samples = samples_of(frame)
        self.health.heard(mean_square(samples) if self.measured else 1.0, self._span)
        return frame, samples

    def stand_by(self, at: SampleIndex) -> None:
        """Keep a lane that is not heard near its target, and know how it is.

        Live sound above the target is given up as it comes; files wait, unless they have to be measured.
        """
        if self.buffer is None:
            return
        self._open_for += self._span
        if not self.live and not self.health.lost:
            self.health.good_for += self._span if self.milliseconds >= READY * 1000 else 0.0
            return
        frames = self._skipped(self.buffer, at)
        for frame in frames:
            self.health.heard(self._power(frame), self._span)
        self._since = 0.0 if frames else self._since + self._span
        if not frames:
            self.health.missed(self._span, broken=self._since > STALLED)
        if self._since > STALLED and not self.buffer.silent:
            while self.buffer.read(at) is not None:
                pass  # what is left of a connection that broke is old by now; the next one can begin

    def standing(self) -> Standing:
        """Return how it stands."""
        if self.buffer is None:
            return Standing(self.kind, lapsed=self.lapsed, gone=self.gone)
        total = self.buffer.milliseconds / 1000
        surplus = self.buffer.surplus
        current = total if not self.live else (surplus + TARGET if surplus is not None else 0.0)
        coming = total - current > READY / 10
        flows = not self.live or surplus is not None
        return Standing(
            self.kind,
            open_for=self._open_for,
            is_open=True,
            delivered=self.health.delivered,
            failed=bool(self.error) and not self.up,
            ready=flows and current >= READY,
            low=current < LOW and not coming,
            troubled=self.health.delivered and total < TROUBLED,
            dry_for=self.health.dry_for,
            good_for=self.health.good_for,
            lapsed=self.lapsed,
            lost=self.health.lost,
            gone=self.gone,
        )

    def replace(self, spec: PlaylistSpec) -> bool:
        """Give a playlist changed entries, to follow the one that plays; False if this is no playlist."""
        if not isinstance(self.spec, PlaylistSpec):
            return False
        self.spec = spec
        change = getattr(self.source, "replace", None)
        if change is not None:
            change(spec)
        return True

    def _power(self, frame: Frame) -> float:
        """Return a frame's mean square; full scale where it is not measured."""
        return mean_square(samples_of(frame)) if self.measured and not isinstance(frame, Coded) else 1.0

    def _skipped(self, buffer: SoundBuffer, at: SampleIndex) -> list[Frame]:
        if buffer.silent or not self.live:
            frame = buffer.read(at)
            return [] if frame is None else [frame]
        frames: list[Frame] = []
        while (buffer.surplus or 0.0) > 0 and len(frames) < MOST_SKIPPED:
            frame = buffer.read(at)
            if frame is None:
                break
            frames.append(frame)
        return frames
