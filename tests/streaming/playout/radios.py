"""Sound in every form radios use, and what a listener heard of it in a recording."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.audio.stream import AudioStream

RATE = 48_000


@dataclass(frozen=True)
class Form:
    """How a radio codes its sound."""

    codec: str
    container: str
    rate: int
    layout: str
    hertz: float = 440.0


FORMS = {
    "mp3": Form("libmp3lame", "mp3", 44100, "stereo", 440),
    "mono mp3": Form("libmp3lame", "mp3", 48000, "mono", 990),
    "aac": Form("aac", "adts", 48000, "mono", 660),
    "slow aac": Form("aac", "adts", 24000, "stereo", 880),
    "opus": Form("libopus", "ogg", 48000, "stereo", 770),
}


def encoded(form: Form, *, seconds: float, level: float = 0.3, hertz: float | None = None) -> bytes:
    """A tone in this form at 128 kbit/s."""
    target = io.BytesIO()
    channels = 1 if form.layout == "mono" else 2
    wave = level * np.sin(2 * np.pi * (hertz or form.hertz) * np.arange(int(form.rate * seconds)) / form.rate)
    with av.open(target, "w", format=form.container) as out:
        stream = out.add_stream(form.codec, rate=form.rate, layout=form.layout, bit_rate=128_000)
        sound = cast("AudioStream", stream)
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(np.stack([wave.astype(np.float32)] * channels)), format="fltp", layout=form.layout
        )
        frame.sample_rate, frame.pts = form.rate, 0
        resampler = av.AudioResampler(format=stream.format.name, layout=form.layout, rate=form.rate)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            part.pts = None
            out.mux(sound.encode(part))
        out.mux(sound.encode(None))
    return target.getvalue()


def tone_file(path: Path, name: str = "mp3", **more: float) -> Path:
    """Write a tone in a form; return its path."""
    path.write_bytes(encoded(FORMS[name], **{"seconds": 20.0, **more}))
    return path


@dataclass
class Heard:
    """The sound of a recording, one channel at 48 kHz, and how the recording is built."""

    samples: np.ndarray
    audio: list[float]
    video: list[float]
    headers: int
    errors: int

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.samples.size / RATE

    def level(self, start: float, end: float) -> float:
        """RMS, dBFS."""
        part = self.samples[int(start * RATE) : int(end * RATE)]
        return float(10 * np.log10(np.mean(part**2) + 1e-12))

    def silences(self, after: float = 0.0, shortest: float = 0.02) -> list[tuple[float, float]]:
        """Where nothing is heard, as (start, length) in seconds, from ``after`` on."""
        step = 240
        count = self.samples.size // step
        quiet = np.abs(self.samples[: count * step].reshape(count, step)).max(axis=1) < 1e-3
        edges = np.flatnonzero(np.diff(np.concatenate([[0], quiet.astype(np.int8), [0]])))
        found = [(a * step / RATE, (b - a) * step / RATE) for a, b in zip(edges[::2], edges[1::2], strict=True)]
        return [(at, length) for at, length in found if at >= after and length >= shortest]

    def pitch(self, at: float, span: float = 0.2) -> float:
        """The strongest pitch around an instant, Hz."""
        part = self.samples[int((at - span / 2) * RATE) : int((at + span / 2) * RATE)]
        spectrum = np.abs(np.fft.rfft(part * np.hanning(part.size), 4 * part.size))
        return float(np.argmax(spectrum) * RATE / (4 * part.size))

    def first(self, hertz: float, after: float = 0.0, span: float = 0.04) -> float:
        """When this pitch is first the strongest, seconds."""
        at = after + span
        while at + span < self.seconds:
            if abs(self.pitch(at, span) - hertz) < 20 and self.level(at - span / 2, at + span / 2) > -45:
                return at
            at += 0.01
        raise AssertionError(f"{hertz} Hz is not heard after {after} s")

    @property
    def skew_ms(self) -> float:
        """The largest distance between the sound's and the picture's decode times next to each other."""
        video = np.array(self.video)
        places = np.clip(np.searchsorted(video, self.audio), 1, len(video) - 1)
        near = np.minimum(np.abs(video[places] - self.audio), np.abs(video[places - 1] - self.audio))
        return float(near[20:-20].max())

    @property
    def backward(self) -> int:
        """Decode times that do not go forward."""
        return int(np.sum(np.diff(self.audio) <= 0) + np.sum(np.diff(self.video) <= 0))

    @property
    def gaps_ms(self) -> tuple[float, float]:
        """The largest step of the picture and of the sound."""
        return float(np.diff(self.video).max()), float(np.diff(self.audio).max())


def listen(path: Path) -> Heard:
    """Decode a recording's sound; count decoder configurations and errors."""
    audio: list[float] = []
    video: list[float] = []
    parts: list[np.ndarray] = []
    errors = 0
    with av.open(str(path), options={"err_detect": "explode"}) as container:
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=RATE)
        for packet in container.demux(container.streams.video[0], container.streams.audio[0]):
            if packet.dts is None or packet.time_base is None:
                continue
            times = video if packet.stream.type == "video" else audio
            times.append(float(packet.dts * packet.time_base * 1000))
            if packet.stream.type == "video":
                continue
            try:
                frames = packet.decode()
            except av.error.FFmpegError:
                errors += 1
                continue
            parts += [out.to_ndarray()[0] for frame in frames for out in resampler.resample(frame)]  # type: ignore[arg-type]
    return Heard(np.concatenate(parts), audio, video, _headers(path), errors)


def _headers(path: Path) -> int:
    """Count the different AAC configurations in an FLV file; the recorder itself repeats the one it knows."""
    data, place, found = path.read_bytes(), 13, set()
    while place + 11 <= len(data):
        kind, size = data[place] & 0x1F, int.from_bytes(data[place + 1 : place + 4], "big")
        body = data[place + 11 : place + 11 + size]
        if kind == 8 and len(body) > 1 and body[0] >> 4 == 10 and body[1] == 0:
            found.add(body[2:])
        place += 11 + size + 4
    return len(found)


def tell(figures: str) -> None:
    """Print a test's figures."""
    sys.stdout.write(f"\n{figures}\n")
