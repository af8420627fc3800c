"""A mixer under test on a clock of its own: sources that do as they are told, and what was heard, sample by sample."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
from av.audio.frame import AudioFrame

from streaming.playout.lane_table import Guest, Step
from streaming.playout.lanes import Lane
from streaming.playout.mixer import Mixer
from streaming.playout.sound import Segment, SoundBuffer
from streaming.playout.sources.base import Source
from streaming.playout.spec import BackupSpec, Entry, PlaylistSpec, RadioSpec, SilenceSpec, SoundSpec, SourceSpec
from streaming.playout.units import AUDIO_FRAME, SampleIndex

RATE = 48_000
SPAN = AUDIO_FRAME / RATE


def radio(name: str) -> RadioSpec:
    """A live source by its name."""
    return RadioSpec(f"http://{name}.example/", titles=True)


def playlist(*names: str) -> PlaylistSpec:
    """A playlist with entries of these names."""
    return PlaylistSpec(tuple(Entry(n, f"/{n}.mp3", {"n": n}, None) for n in names), shuffle=False)  # type: ignore[arg-type]


class TestSource(Source):
    """Sends a tone of its own level; flows, stalls and fails when told."""

    __test__ = False

    def __init__(self, lab: Lab, lane: Lane, buffer: SoundBuffer, wave: Callable[[int], np.ndarray]) -> None:
        super().__init__(buffer, lambda up, error: lab.mixer.lane_changed(lane, up, error))
        self.lab, self.lane, self.wave = lab, lane, wave
        self.flowing, self.speed, self.owed, self.place = True, 1.0, 0.0, 0
        self.burst = 0.0
        self.segment: Segment | None = None
        self.stopped = False

    def start(self) -> None:
        """No thread: the lab moves it."""

    def stop(self) -> None:
        """Send nothing more."""
        self._stopping.set()
        self.stopped = True

    def play(self) -> None:
        """Never called: there is no thread."""

    def connect(self) -> None:
        """Begin a segment, with the burst a radio sends."""
        self.segment = self.buffer.begin(live=self.lane.live)
        self.owed = self.burst

    def fail(self, sentence: str) -> None:
        """Break."""
        self.segment = None
        self.flowing = False
        self.went_down(sentence)

    def title(self, text: str) -> None:
        """Say a title at the next sample written."""
        assert self.segment
        self.segment.mark(lambda at: self.lab.mixer.lane_titled(self.lane, text, at))

    def move(self, entry: Entry) -> None:
        """Come to an entry at the next sample written."""
        assert self.segment
        self.lab.mixer.lane_moved(self.lane, entry, None)
        self.segment.mark(lambda at: self.lab.mixer.lane_moved(self.lane, entry, at))

    def tick(self) -> None:
        """Write what is due."""
        if not self.flowing or self.stopped:
            return
        if self.segment is None:
            self.connect()
        assert self.segment
        self.owed += SPAN * self.speed
        room = 2.0 if not self.lane.live else 99.0
        if not self.lane.live:
            self.owed = max(0.0, room - self.buffer.milliseconds / 1000)
        while self.owed >= SPAN:
            self.owed -= SPAN
            self.segment.write(frame_of(self.wave(self.place)))
            self.place += AUDIO_FRAME
        self.came_up()


def frame_of(samples: np.ndarray) -> AudioFrame:
    """A stereo frame of one channel's samples."""
    both = np.ascontiguousarray(np.stack([samples, samples]).astype(np.float32))
    frame = AudioFrame.from_ndarray(both, format="fltp", layout="stereo")
    frame.sample_rate = RATE
    return frame


def tone(hertz: float, db: float = -20.0) -> Callable[[int], np.ndarray]:
    """A sine of this pitch and level (dBFS peak), by sample index."""
    level = 10 ** (db / 20)
    return lambda place: level * np.sin(2 * np.pi * hertz * (place + np.arange(AUDIO_FRAME)) / RATE)


class Lab:
    """One mixer, stepped frame by frame."""

    def __init__(self, main: SourceSpec | None, sound: SoundSpec | None = None) -> None:
        self.at = 0
        self.sources: dict[str, TestSource] = {}
        self.made: list[str] = []
        self.waves: dict[str, Callable[[int], np.ndarray]] = {}
        self.flowing: dict[str, bool] = {}
        self.burst: dict[str, float] = {}
        self.steps: list[tuple[float, str, str]] = []
        self.titles: list[str] = []
        self.near: set[str] = set()
        self.moves: list[tuple[str, bool]] = []
        self.warnings: list[str] = []
        self.heard: list[np.ndarray] = []
        self.mixer = Mixer(RATE, 2, self._make, self, lambda: self.seconds)
        self.mixer.set_sound(sound or SoundSpec())
        self.mixer.set_main(main or SilenceSpec())

    @property
    def seconds(self) -> float:
        """Media time."""
        return self.at / RATE

    def run(self, seconds: float) -> Lab:
        """Go on for a while."""
        for _ in range(round(seconds / SPAN)):
            for source in list(self.sources.values()):
                source.tick()
            frame = self.mixer.read(SampleIndex(self.at))
            self.heard.append(np.zeros(AUDIO_FRAME) if frame is None else frame.to_ndarray()[0])
            self.at += AUDIO_FRAME
        self._let_jobs_end()
        return self

    def _let_jobs_end(self) -> None:
        """Wait until the mixer's worker has started and stopped what it was told to."""
        ended = threading.Event()
        self.mixer._jobs.put(ended.set)
        assert ended.wait(10)

    @property
    def samples(self) -> np.ndarray:
        """All that was heard, one channel."""
        return np.concatenate(self.heard)

    def level(self, start: float, end: float) -> float:
        """RMS between two instants, dBFS."""
        part = self.samples[int(start * RATE) : int(end * RATE)]
        return float(10 * np.log10(np.mean(part**2) + 1e-12))

    def pitch(self, start: float, end: float) -> float:
        """The strongest pitch between two instants, Hz."""
        part = self.samples[int(start * RATE) : int(end * RATE)]
        spectrum = np.abs(np.fft.rfft(part * np.hanning(part.size)))
        return float(np.argmax(spectrum) * RATE / part.size)

    def lanes(self) -> list[str]:
        """Where the sound went, in order."""
        return [lane for _, lane, _ in self.steps]

    def _make(self, lane: Lane, buffer: SoundBuffer) -> TestSource | None:
        spec: Any = lane.spec
        if isinstance(spec, SilenceSpec) or lane.kind.value == "silence":
            return None
        name = name_of(lane)
        source = TestSource(self, lane, buffer, self.waves.get(name, tone(440)))
        source.flowing = self.flowing.get(name, True)
        source.burst = self.burst.get(name, 2.0)
        self.sources[name] = source
        self.made.append(name)
        return source

    # What the mixer tells.

    def heard_titled(self, text: str, at: SampleIndex) -> None:
        assert at >= self.at
        self.titles.append(text)

    def heard_moved(self, entry: Entry, at: SampleIndex | None) -> None:
        if at is None:
            self.near.add(entry.id)
        else:
            self.near.remove(entry.id)  # what is heard was announced, once for each time
        self.moves.append((entry.id, at is not None))

    def stepped(self, step: Step) -> None:
        name = step.lane.id if step.lane.kind.value in {"backup", "takeover"} else step.lane.kind.value
        self.steps.append((step.at / RATE, name, step.reason))

    def source_changed(self, up: bool, error: str) -> None:
        pass

    def sound_warning(self, sentence: str) -> None:
        self.warnings.append(sentence)


def name_of(lane: Lane) -> str:
    """A radio's host, or the lane's kind."""
    spec: Any = lane.spec
    return spec.url.split("/")[2].split(".")[0] if isinstance(spec, RadioSpec) else lane.kind.value


def backup(name: str) -> BackupSpec:
    """A backup whose id and source go by one name."""
    return BackupSpec(name, name.title(), radio(name))


def guest(lab: Lab, name: str) -> Guest:
    """A presenter whose source the lab moves."""

    def make(lane: Lane, buffer: SoundBuffer) -> TestSource:
        source = TestSource(lab, lane, buffer, lab.waves.get(name, tone(880)))
        source.burst = 2.0
        lab.sources[name] = source
        return source

    return Guest(name, name.title(), make)


FULL = SoundSpec(backups=(backup("spare"), backup("third")), emergency=playlist("a", "b"), return_after=3.0)


def full_lab(sound: SoundSpec = FULL, main: str = "main") -> Lab:
    """A lab whose lanes each have a pitch of their own."""
    lab = Lab(radio(main), sound)
    lab.waves = {"main": tone(440), "spare": tone(660), "third": tone(880), "emergency": tone(1100)}
    return lab
