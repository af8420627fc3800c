"""Sound from a radio's HTTP stream."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import av
from av.error import FFmpegError

from streaming.playout.errors import SourceError
from streaming.playout.sound import Segment, SoundBuffer
from streaming.playout.sources.adts import AdtsFrames
from streaming.playout.sources.base import Source
from streaming.playout.sources.decode import CODECS, Resampler, decode, sentence
from streaming.playout.sources.flow import Flow, FormLostError
from streaming.playout.sources.http import RadioStream, Reach, open_stream
from streaming.playout.sources.icy import IcyReader
from streaming.playout.units import SampleIndex

if TYPE_CHECKING:
    from av.container import InputContainer

    from streaming.playout.spec import RadioSpec

FORMATS = {
    "audio/mpeg": "mp3",
    "audio/mp3": "mp3",
    "audio/aac": "aac",
    "audio/aacp": "aac",
    "audio/x-aac": "aac",
    "application/ogg": "ogg",
    "audio/ogg": "ogg",
    "audio/opus": "ogg",
    "audio/flac": "flac",
    "audio/x-flac": "flac",
}
WHITELIST = "mp3,aac,ogg,flac"


class RadioSource(Source):
    """Connects, cuts out titles, decodes, resamples, and connects again when the radio goes away."""

    def __init__(
        self,
        spec: RadioSpec,
        buffer: SoundBuffer,
        changed: Callable[[bool, str], None],
        titled: Callable[[str, SampleIndex], None],
        output: tuple[int, int],
        passes: Callable[[], bool] = lambda: False,
    ) -> None:
        """``titled`` gets a title and the output's sample where it begins; ``output`` is (sample rate, channels).

        ``passes`` tells whether sound that is coded as the output may go out as it comes.
        """
        super().__init__(buffer, changed)
        self._spec = spec
        self._titled = titled
        self._output = output
        self._passes = passes
        self._stream: RadioStream | None = None

    def interrupt(self) -> None:
        """Cut the connection under a blocked read."""
        stream = self._stream
        if stream is not None:
            stream.close()

    def play(self) -> None:
        """One connection, from its first byte to its last."""
        stream = open_stream(
            self._spec.url, titles=self._spec.titles, reach=Reach(self._spec.private, self._spec.ports)
        )
        self._stream = stream
        self.grain = grain_of(stream.headers)
        try:
            if self.stopping:
                return
            self._decode(stream, self.buffer.begin(live=True))
        except FFmpegError as error:
            raise SourceError(f"The radio's sound cannot be decoded: {sentence(error)}.") from error
        except TimeoutError as error:
            raise SourceError("The radio stopped sending.") from error
        except (OSError, ValueError) as error:
            raise SourceError(f"The connection to the radio broke: {error}.") from error
        finally:
            self._stream = None
            stream.close()

    def _decode(self, stream: RadioStream, segment: Segment) -> None:
        """Decode to the connection's end, through changes of codec, container, rate and channels."""

        def heard(title: str) -> None:
            segment.mark(lambda at: self._titled(title, at))

        flow, said = _flow(stream, heard)
        form = flow.guess() or said
        resampler = Resampler(*self._output)
        lost = True
        while lost and not self.stopping:
            try:
                if form == "aac" and self._spec.passthrough:
                    self._take_frames(flow, segment, resampler)
                else:
                    with _open(flow, form) as container:
                        self._decode_form(container, flow, segment, resampler)
                lost = False
            except (FormLostError, FFmpegError):
                form = flow.find()

    def _decode_form(self, container: InputContainer, flow: Flow, segment: Segment, resampler: Resampler) -> None:
        for frame in decode(container):
            if self.stopping:
                return
            flow.decoded(frame.samples / frame.sample_rate)
            for part in resampler.convert(frame):
                segment.write(part)
            self.came_up()

    def _take_frames(self, flow: Flow, segment: Segment, resampler: Resampler) -> None:
        """Pass on what can go out as it came, decode the rest."""
        frames = AdtsFrames(flow, *self._output)
        while not self.stopping and (frame := frames.read()) is not None:
            if frame.fits and self._passes():
                segment.pass_on(frame.coded)
            else:
                for decoded in frames.decode(frame):
                    for part in resampler.convert(decoded):
                        segment.write(part)
            self.came_up()


def grain_of(headers: dict[str, str]) -> float | None:
    """Return the seconds of sound between two places for ICY metadata; None where the radio does not tell both."""
    interval, kbps = headers.get("icy-metaint", ""), headers.get("icy-br", "").partition(",")[0].strip()
    if not (interval.isdecimal() and kbps.isdecimal() and int(kbps)):
        return None
    return int(interval) / (int(kbps) * 125)


def _flow(stream: RadioStream, heard: Callable[[str], None]) -> tuple[Flow, str | None]:
    """Return the sound's bytes, and what they are said to be."""
    interval = stream.headers.get("icy-metaint", "0")
    reader = IcyReader(stream.body, int(interval) if interval.isdigit() else 0, heard)
    kind = stream.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Flow(reader), FORMATS.get(kind)


def _open(flow: Flow, form: str | None) -> InputContainer:
    return av.open(
        flow,
        "r",
        format=form,
        options={
            "format_whitelist": WHITELIST,
            "codec_whitelist": CODECS,
            "protocol_whitelist": "",
            "probesize": "65536",
            "analyzeduration": "500000",
        },
        buffer_size=4096,
    )
