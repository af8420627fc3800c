"""A presenter's sound as one unbroken run of samples, each at the place its timestamp says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import av
from av.audio.frame import AudioFrame
from av.error import FFmpegError

from streaming.ingest.inside.errors import UnusableError
from streaming.playout.sources.decode import Resampler

if TYPE_CHECKING:
    from av.audio.codeccontext import AudioCodecContext

    from streaming.ingest.inside.tags import Coded

TOLERANCE = 0.015
"""Seconds by which sound may stand beside its timestamp: RTMP counts whole milliseconds."""

FLOAT_BYTES = 4
BAD_IN_A_ROW = 100
Piece = tuple[int, tuple[bytes, ...]]
"""The place of the first sample, and the samples by channel as 32-bit floats."""


class Listening:
    """Decodes AAC and lays it out from ``origin`` (milliseconds) on; gaps become silence, overlaps are dropped."""

    def __init__(self, sample_rate: int, channels: int) -> None:
        """Give sound of this rate and number of channels."""
        self._rate = sample_rate
        self._channels = channels
        self._resampler = Resampler(sample_rate, channels)
        self._decoder: AudioCodecContext | None = None
        self._config = b""
        self._bad = 0
        self._newest = 0
        self.origin: int | None = None
        self.until = 0

    @property
    def seconds(self) -> float:
        """How far the sound has come."""
        return self.until / self._rate

    def take(self, coded: Coded) -> Iterator[Piece]:
        """Decode one message; before :attr:`origin` is set everything is passed over.

        Raises:
            UnusableError: nothing of it can be decoded for a while.

        """
        if coded.header:
            self._configure(coded.data)
            return
        if self._decoder is None or self.origin is None:
            return
        packet = av.Packet(coded.data)
        try:
            frames = self._decoder.decode(packet)
        except FFmpegError as error:
            self._bad += 1
            if self._bad > BAD_IN_A_ROW:
                raise UnusableError("The sound cannot be decoded: it is no valid AAC.") from error
            return
        self._bad = 0
        place = round((coded.pts - self.origin) * self._rate / 1000)
        for frame in frames:
            yield from self._lay(self._resampler.convert(frame), place)
            place += round(frame.samples * self._rate / frame.sample_rate)

    def fill(self, seconds: float) -> Iterator[Piece]:
        """Give silence up to here where no sound came."""
        missing = int(seconds * self._rate) - self.until
        if missing > 0:
            yield self._silence(missing)

    def _configure(self, config: bytes) -> None:
        if config == self._config and self._decoder is not None:
            return
        context = av.CodecContext.create("aac", "r")
        context.extradata = config
        try:
            context.open()
        except FFmpegError as error:
            raise UnusableError("The sound cannot be decoded: its AAC configuration is not valid.") from error
        self._decoder, self._config = context, config

    def _lay(self, parts: list[AudioFrame], place: int) -> Iterator[Piece]:
        """Put parts that begin at ``place`` behind what is there."""
        early = self.until - place
        if early < -TOLERANCE * self._rate:
            yield self._silence(-early)
            early = 0
        drop = early if early > TOLERANCE * self._rate else 0
        for part in parts:
            skipped = min(drop, part.samples)
            drop -= skipped
            if skipped < part.samples:
                yield self._piece(part, skipped)

    def _piece(self, part: AudioFrame, skipped: int) -> Piece:
        size = part.samples * FLOAT_BYTES
        planes = tuple(bytes(plane)[skipped * FLOAT_BYTES : size] for plane in part.planes)
        at, self.until = self.until, self.until + part.samples - skipped
        return at, planes

    def _silence(self, samples: int) -> Piece:
        at, self.until = self.until, self.until + samples
        return at, (bytes(samples * FLOAT_BYTES),) * self._channels
