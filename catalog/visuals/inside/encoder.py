"""The one way renditions are encoded: every option that reaches the parameter sets is fixed by the profile.

Renditions of one profile are copied one after the other into one stream, which announces SPS and PPS once. So nothing
here may depend on the picture (``stitchable`` keeps x264 from tuning the headers to it) or on the machine.

Nor may any joining of pieces burst the buffer that a platform was told of: rate R, size B (a leaky bucket). A piece is
coded to a stricter one: over any interval of length t it has at most ``σ + r·t`` bits, with ``r < R``. An interval of
the joined stream that touches k pieces holds the k − 2 in the middle whole, each at least ``SHORTEST_PIECE`` = L long,
so t ≥ (k − 2)·L and it has at most ``k·σ + r·t`` bits. That is within ``B + R·t`` for every k as soon as ``2·σ ≤ B``
and ``σ ≤ (R − r)·L``, wherever the pieces are entered and left. A bucket of σ = (R − r)·L it is, or B ÷ 2.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
from av import Packet, VideoFrame
from av.container import OutputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType
from av.video.stream import VideoStream

MOST_THREADS = 4
# One B-frame is never referenced by another, so decoding runs one frame ahead of showing, at most.
B_FRAMES = 2
BT_709, LIMITED_RANGE = 1, 1
# Seconds that a piece (a rendition, a seam) is shown at least before the next one.
SHORTEST_PIECE = 2.0
# The part of the profile's rate that a piece is coded with; the rest pays back its burst. Strictly constant ones come
# as near to the rate as keyframes can do without a burst.
RATE, STRICT_RATE = 0.85, 0.94
# x264 steers by a model of its own, so its bucket is a little smaller than what may be; and it does not count the byte
# that the container's longer prefix adds to each of up to five NAL units a frame.
BURST_KEPT = 0.9
PREFIX_BITS = 5 * 8


@dataclass(frozen=True)
class Profile:
    """The fields of an encoding profile that an encoder needs; sizes in pixels, ``kbps`` in kilobits per second.

    ``buffer_ms`` is the decoder's buffer in milliseconds of that rate; ``strict_cbr`` fills up to a constant rate.
    """

    width: int
    height: int
    frame_rate: int
    kbps: int
    gop_frames: int
    level: str
    buffer_ms: int = 1000
    strict_cbr: bool = False

    @property
    def rate(self) -> float:
        """Bits per second that a piece is coded with (r)."""
        return self.kbps * 1000 * (STRICT_RATE if self.strict_cbr else RATE)

    @property
    def coded_rate(self) -> int:
        """Bits per second as x264 counts them."""
        return int(self.rate) - PREFIX_BITS * self.frame_rate

    @property
    def burst(self) -> float:
        """Bits that a piece may have over its rate, in any interval (σ)."""
        declared = self.kbps * 1000
        return min(declared * self.buffer_ms / 2000, (declared - self.rate) * SHORTEST_PIECE)


class Output:
    """A file handle in the shape libav writes to; it has no name that could be obeyed."""

    name = "rendition.mp4"

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def write(self, data: Any) -> int:
        """Write at the current place."""
        view = memoryview(data)
        done = 0
        while done < len(view):
            done += os.write(self._handle, view[done:])
        return done

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move the current place."""
        return os.lseek(self._handle, offset, whence)

    def tell(self) -> int:
        """Return the current place."""
        return os.lseek(self._handle, 0, os.SEEK_CUR)


class Encoder:
    """Encodes pictures of the profile's size at its rate; the n-th one is shown at n ÷ rate seconds."""

    def __init__(self, handle: int, profile: Profile, *, hurried: bool = False) -> None:
        """``hurried`` looks for motion less exactly: 0.3 dB worse in a third less time, and it fits all the same."""
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        self._profile = profile
        # Edit lists count in the movie's time: a multiple of the rate, or the last frame would be rounded away.
        self._container: OutputContainer = av.open(
            Output(handle),
            "w",
            format="mp4",
            container_options={"movie_timescale": str(profile.frame_rate * 1000), "fflags": "+bitexact"},
        )
        self._stream = self._add_stream(hurried=hurried)
        self.frames = 0

    def add(self, picture: VideoFrame) -> None:
        """Encode the next picture."""
        picture.pts = self.frames
        picture.time_base = Fraction(1, self._profile.frame_rate)
        due = self.frames % self._profile.gop_frames == 0
        picture.pict_type = PictureType.I if due else PictureType.NONE
        self.frames += 1
        self._write(self._stream.encode(picture))

    def finish(self) -> None:
        """Encode what is still held back and write the index."""
        self._write(self._stream.encode(None))
        self._container.close()

    def _write(self, packets: list[Packet[Any]]) -> None:
        for packet in packets:
            packet.duration = 1
            packet.time_base = Fraction(1, self._profile.frame_rate)
            self._container.mux(packet)

    def _add_stream(self, *, hurried: bool) -> VideoStream:
        stream = self._container.add_stream("libx264", rate=self._profile.frame_rate)
        prepare(stream.codec_context, self._profile, hurried=hurried)
        return stream


def prepare(context: VideoCodecContext, profile: Profile, *, hurried: bool = False) -> None:
    """Set up a libx264 encoder that was not opened yet; its pieces follow any other of the profile.

    The one who encodes says where GOPs begin (``pict_type`` I), each ``gop_frames`` frames from the first.
    """
    context.width, context.height, context.pix_fmt = profile.width, profile.height, "yuv420p"
    context.time_base = Fraction(1, profile.frame_rate)
    context.framerate = Fraction(profile.frame_rate)
    context.bit_rate = profile.coded_rate
    context.gop_size = profile.gop_frames
    context.max_b_frames = B_FRAMES
    context.thread_count = min(MOST_THREADS, os.cpu_count() or 1)
    context.sample_aspect_ratio = Fraction(1)
    context.color_primaries = context.color_trc = context.colorspace = BT_709
    context.color_range = LIMITED_RANGE
    context.options = options(profile, hurried=hurried)


def options(profile: Profile, *, hurried: bool = False) -> dict[str, str]:
    """Return what libx264 is told of a profile, by libav's names."""
    x264 = {
        "keyint": profile.gop_frames,
        "min-keyint": profile.gop_frames,
        "scenecut": 0,
        "open-gop": 0,
        "bframes": B_FRAMES,
        "b-pyramid": "none",
        "ref": 2,
        "stitchable": 1,
        "force-cfr": 1,
        "nal-hrd": "cbr" if profile.strict_cbr else "none",
    }
    if hurried:
        x264["subme"] = 1
    return {
        "preset": "veryfast",
        "profile": "high",
        "level": profile.level,
        "maxrate": str(profile.coded_rate),
        "bufsize": str(int(profile.burst * BURST_KEPT)),
        "forced-idr": "1",
        "flags": "+cgop",
        "chroma_sample_location": "left",
        "a53cc": "0",  # captions hidden in the source stay there
        "x264-params": ":".join(f"{name}={value}" for name, value in x264.items()),
    }
