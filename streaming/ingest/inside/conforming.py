"""A presenter's pictures made what the station sends: decoded, fitted, paced by their times, encoded anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import av
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext

from catalog.visuals.inside.fitting import Fitter
from streaming.ingest.inside.errors import UnusableError
from streaming.livepicture.coding import LiveEncoder, LiveFrame

if TYPE_CHECKING:
    from av import VideoFrame

    from catalog.visuals.inside.encoder import Profile
    from streaming.ingest.inside.tags import Coded

MOST_PIXELS = 4096 * 2304
BAD_IN_A_ROW = 150
MOST_REPEATS = 5
"""Seconds a picture is repeated for at most: a longer jump of time is passed over."""


class Decoding:
    """Turns coded pictures into pictures, in the order in which they are shown."""

    def __init__(self, config: bytes) -> None:
        """Open a decoder with an avcC record.

        Raises:
            UnusableError: the record is broken, or tells of a picture that is too large.

        """
        context = av.CodecContext.create("h264", "r")
        if not isinstance(context, VideoCodecContext):
            raise TypeError("h264 is not a decoder of pictures.")
        context.extradata = config
        context.thread_count = 1
        try:
            context.open()
        except FFmpegError as error:
            raise UnusableError("The picture cannot be decoded: its H.264 headers are not valid.") from error
        _check_size(context.width, context.height)
        self._context = context
        self._bad = 0

    @property
    def aspect(self) -> Fraction:
        """The shape of a pixel, width by height."""
        return Fraction(self._context.sample_aspect_ratio or 1)

    def take(self, coded: Coded) -> list[VideoFrame]:
        """Decode one picture; returns what can be shown, with ``pts`` in milliseconds.

        Raises:
            UnusableError: nothing can be decoded for a while.

        """
        packet = av.Packet(coded.data)
        packet.pts, packet.dts, packet.time_base = coded.pts, coded.dts, Fraction(1, 1000)
        packet.is_keyframe = coded.key
        try:
            frames = self._context.decode(packet)
        except FFmpegError as error:
            self._bad += 1
            if self._bad > BAD_IN_A_ROW:
                raise UnusableError("The picture cannot be decoded: it is no valid H.264.") from error
            return []
        self._bad = 0
        for frame in frames:
            _check_size(frame.width, frame.height)
        return frames


class Conforming:
    """Codes pictures that come at any size and rate; every frame has the place its time says."""

    def __init__(self, profile: Profile, begin: int) -> None:
        """Give frames from place ``begin`` on; the first one is an IDR."""
        self._profile = profile
        self._fitter = Fitter(profile.width, profile.height, padded=True)
        self._encoder = LiveEncoder(profile)
        self._begin = begin
        self._held: VideoFrame | None = None
        self.config = self._encoder.config
        self.until = begin

    @property
    def seconds(self) -> float:
        """How far the pictures have come."""
        return self.until / self._profile.frame_rate

    def take(self, picture: VideoFrame, aspect: Fraction, seconds: float) -> Iterator[LiveFrame]:
        """Show a picture from ``seconds`` on; the one before is shown until there."""
        place = int(seconds * self._profile.frame_rate + 0.5)
        yield from self._show_until(place)
        self._held = self._fitter.fit(picture, aspect)

    def fill(self, seconds: float) -> Iterator[LiveFrame]:
        """Go on showing the last picture up to here where none came."""
        yield from self._show_until(int(seconds * self._profile.frame_rate))

    def finish(self) -> Iterator[LiveFrame]:
        """Give what the encoder still holds back."""
        if self.until > self._begin:
            for coded in self._encoder.finish():
                yield replace(coded, offset=self._begin + coded.offset)

    def _show_until(self, place: int) -> Iterator[LiveFrame]:
        if self._held is None:
            return
        if place - self.until > MOST_REPEATS * self._profile.frame_rate:
            raise UnusableError("The stream's times jump by more than five seconds. Start the stream again.")
        while self.until < place:
            self.until += 1
            for coded in self._encoder.encode(self._held):
                yield replace(coded, offset=self._begin + coded.offset)


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise UnusableError(f"The picture is {width}x{height}. Send at most 4096x2304; 1280x720 or 1920x1080 is usual.")
