"""AAC as radios send it (ADTS, ISO/IEC 13818-7, 6.2): cut into frames, each judged whether it may go out as it came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import av
from av.audio.frame import AudioFrame
from av.error import InvalidDataError

from streaming.playout.coded import RATES, Coded
from streaming.playout.errors import SourceError
from streaming.playout.sources.decode import BAD_IN_A_ROW
from streaming.playout.sources.flow import Flow, FormLostError
from streaming.playout.sources.sniff import adts_length
from streaming.playout.units import AUDIO_FRAME

if TYPE_CHECKING:
    from av.audio.codeccontext import AudioCodecContext

PIECE = 4096
HEADER, CHECKSUM = 7, 2
LOW_COMPLEXITY = 1
PROVEN = 8
"""Frames decoded before the first is passed on: only a decoder finds HE-AAC that its headers do not tell."""


@dataclass(frozen=True, slots=True)
class AdtsFrame:
    """One frame with its header, the one before it, and what is in it; ``fits`` if it is what the output is."""

    whole: bytes
    before: bytes
    rate: int
    coded: Coded
    fits: bool


class AdtsFrames:
    """Frames of one run of AAC, from its first byte on."""

    def __init__(self, flow: Flow, sample_rate: int, channels: int) -> None:
        """Read from ``flow``; rate and channels are the output's."""
        self._flow = flow
        self._rate = sample_rate
        self._channels = channels
        self._data = b""
        self._form: tuple[int, int, int] | None = None
        self._last: AdtsFrame | None = None
        self._decoded = b""
        self._proofs = self._bad = 0
        self._context: AudioCodecContext = av.CodecContext.create("aac", "r")

    def read(self) -> AdtsFrame | None:
        """Return the next frame, waiting for it; None at the end.

        Raises:
            FormLostError: what arrives is no AAC.

        """
        length = self._fill(0)
        if not length:
            return None
        whole = self._data[:length]
        self._fill(length)  # what follows a frame has to be one too: bytes that only look like a header are none
        self._data = self._data[length:]
        frame = self._judged(whole)
        self._last = frame
        self._flow.decoded(AUDIO_FRAME / frame.rate)
        return frame

    def decode(self, frame: AdtsFrame) -> Iterator[AudioFrame]:
        """Decode a frame; after frames that were not, the one before it is decoded too, for the half that it gives.

        Raises:
            SourceError: nothing but damage for a while.

        """
        skipped = self._decoded is not frame.before
        self._decoded = frame.whole
        try:
            if skipped and frame.before:
                self._context.flush_buffers()
                self._context.decode(av.Packet(frame.before))
            decoded = self._context.decode(av.Packet(frame.whole))
        except InvalidDataError as error:
            self._bad += 1
            if self._bad > BAD_IN_A_ROW:
                raise SourceError("The source sends nothing that can be decoded.") from error
            return
        self._bad = 0
        for sound in decoded:
            if isinstance(sound, AudioFrame):
                plain = sound.sample_rate == frame.rate == self._rate and sound.layout.nb_channels == self._channels
                self._proofs = self._proofs + 1 if plain else 0
                yield sound

    def _fill(self, place: int) -> int:
        """Read until a whole frame begins at ``place``, and return its length; 0 at the end.

        Raises:
            FormLostError: something else stands there.

        """
        while (length := adts_length(self._data, place)) == 0 or len(self._data) < place + length * (not place):
            if length == 0 and len(self._data) >= place + HEADER:
                raise FormLostError
            more = self._flow.read(PIECE)
            if not more:
                return 0
            self._data += more
        return length

    def _judged(self, whole: bytes) -> AdtsFrame:
        """Take a frame apart and compare its form with the output's."""
        profile, index = whole[2] >> 6, whole[2] >> 2 & 0xF
        form = profile, RATES[index], (whole[2] & 1) << 2 | whole[3] >> 6
        if form != self._form:
            self._form, self._proofs = form, 0
        head = HEADER + (0 if whole[1] & 1 else CHECKSUM)
        single = not whole[6] & 3
        fits = form == (LOW_COMPLEXITY, self._rate, self._channels) and single and self._proofs >= PROVEN
        last = self._last
        coded = Coded(whole[head:], last.coded.data if last is not None else b"")
        return AdtsFrame(whole, last.whole if last is not None else b"", RATES[index], coded, fits)
