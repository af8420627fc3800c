"""Decodes sound of any kind into the output's rate, layout and sample format."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import av
from av.audio.frame import AudioFrame
from av.error import FFmpegError, InvalidDataError

from streaming.playout.errors import SourceError
from streaming.playout.sound import LAYOUTS, SAMPLE_FORMAT

if TYPE_CHECKING:
    from av.container import InputContainer

CODECS = "mp3float,mp3,aac,aac_latm,vorbis,opus,flac,alac,pcm_s16le"
# The same by the names of what is coded: the list above is obeyed while a form is found out, and not by what decodes.
CODED = frozenset({"mp3", "aac", "aac_latm", "vorbis", "opus", "flac", "alac", "pcm_s16le"})
BAD_IN_A_ROW = 200


class Resampler:
    """Brings frames to one rate and layout; a source may change its own at any frame."""

    def __init__(self, sample_rate: int, channels: int) -> None:
        """Set what comes out."""
        self._rate = sample_rate
        self._layout = LAYOUTS[channels]
        self._given: tuple[str, str, int] | None = None
        self._inner = self._fresh()

    def convert(self, frame: AudioFrame) -> list[AudioFrame]:
        """Convert a frame; the tail of what came before a change comes out first."""
        given = (frame.format.name, frame.layout.name, frame.sample_rate)
        tail: list[AudioFrame] = []
        if self._given is not None and given != self._given:
            tail = self.flush()
        self._given = given
        frame.pts = None
        return [*tail, *self._inner.resample(frame)]

    def flush(self) -> list[AudioFrame]:
        """Return what is still inside and start anew."""
        tail = self._inner.resample(None) if self._given is not None else []
        self._inner = self._fresh()
        self._given = None
        return tail

    def _fresh(self) -> av.AudioResampler:
        return av.AudioResampler(format=SAMPLE_FORMAT, layout=self._layout, rate=self._rate)


def decode(container: InputContainer) -> Iterator[AudioFrame]:
    """Decode the first audio stream, passing over damaged frames.

    Raises:
        SourceError: there is no sound in it, it is coded as nothing we take, or nothing but damage for a while.

    """
    if not container.streams.audio:
        raise SourceError("There is no sound in what the source sends.")
    stream = container.streams.audio[0]
    coded = stream.codec_context.codec.canonical_name
    if coded not in CODED:
        raise SourceError(f"The source sends sound coded as {coded}; MP3, AAC, Ogg and FLAC can be played.")
    bad = 0
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except InvalidDataError as error:
            bad += 1
            if bad > BAD_IN_A_ROW:
                raise SourceError("The source sends nothing that can be decoded.") from error
            continue
        for frame in frames:
            bad = 0
            if isinstance(frame, AudioFrame):
                yield frame


def sentence(error: FFmpegError) -> str:
    """Return the library's words for an error without its file names."""
    return (error.strerror or type(error).__name__).rstrip(".")
