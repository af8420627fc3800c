"""What came out at the far end of one publish: when each tag arrived and what time it carried."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

AUDIO, VIDEO = 8, 9
AVC_AND_AAC_HEADER = 0
KEYFRAME_LIMIT_MS = 2100

Numbers = npt.NDArray[np.float64]


@dataclass
class Times:
    """One kind of tag: wall times of arrival (seconds since 1970) and the decode times they carried (ms)."""

    at: array[float] = field(default_factory=lambda: array("d"))
    dts: array[int] = field(default_factory=lambda: array("q"))

    def note(self, at: float, dts: int) -> None:
        """Add one tag."""
        self.at.append(at)
        self.dts.append(dts)

    def since(self, moment: float) -> Times:
        """Return what arrived from a moment on, and the last tag before it: a gap may begin there."""
        first = max(0, int(np.searchsorted(np.array(self.at), moment)) - 1)
        return Times(self.at[first:], self.dts[first:])

    @property
    def largest_wait(self) -> float:
        """Seconds: the longest time without a tag."""
        return float(max(np.diff(np.array(self.at)), default=0.0))

    @property
    def largest_step(self) -> int:
        """Milliseconds: the largest step of decode time."""
        return int(max(np.diff(np.array(self.dts)), default=0))

    @property
    def backward(self) -> int:
        """How many tags carry an earlier time than the one before."""
        return int(np.sum(np.diff(np.array(self.dts)) < 0))


@dataclass
class Egress:
    """Everything that arrived within one publish."""

    video: Times = field(default_factory=Times)
    audio: Times = field(default_factory=Times)
    keyframes: Times = field(default_factory=Times)
    configurations: dict[int, list[bytes]] = field(default_factory=lambda: {AUDIO: [], VIDEO: []})
    size: int = 0

    def note(self, kind: int, body: bytes, dts: int, at: float) -> None:
        """Add one FLV tag: its type, its body, its timestamp (ms) and when it arrived."""
        if kind not in self.configurations or len(body) < 2:
            return
        self.size += len(body)
        if body[1] == AVC_AND_AAC_HEADER:
            known = self.configurations[kind]
            if known[-1:] != [body]:
                known.append(body)
            return
        (self.audio if kind == AUDIO else self.video).note(at, dts)
        if kind == VIDEO and body[0] >> 4 == 1:
            self.keyframes.note(at, dts)

    @property
    def backward(self) -> int:
        """Steps back of either kind."""
        return self.video.backward + self.audio.backward

    @property
    def far_keyframes(self) -> int:
        """How many keyframes come more than 2.1 s after the one before."""
        return int(np.sum(np.diff(np.array(self.keyframes.dts)) > KEYFRAME_LIMIT_MS))

    @property
    def header_changes(self) -> int:
        """How often a decoder had to be set up anew."""
        return sum(max(0, len(known) - 1) for known in self.configurations.values())

    @property
    def skew_ms(self) -> float:
        """The largest distance of a tag's time from its neighbours of the other kind that arrived with it."""
        audio, video = np.array(self.audio.dts, float), np.array(self.video.dts, float)
        if audio.size < 3 or video.size < 3:
            return 0.0
        places = np.clip(np.searchsorted(np.array(self.video.at), np.array(self.audio.at)), 1, video.size - 1)
        near = np.minimum(np.abs(video[places] - audio), np.abs(video[places - 1] - audio))
        return float(np.median(near))

    def lateness(self, since: float = 0.0) -> Numbers:
        """Return how much later than its best moment each video tag came, seconds."""
        part = self.video.since(since)
        late = np.array(part.at) - np.array(part.dts) / 1000
        return late - late.min() if late.size else late
