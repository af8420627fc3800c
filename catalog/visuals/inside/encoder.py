"""The one way renditions are encoded: every option that reaches the parameter sets is fixed by the profile.

Renditions of one profile are copied one after the other into one stream, which announces SPS and PPS once. So nothing
here may depend on the picture (``stitchable`` keeps x264 from tuning the headers to it) or on the machine.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
from av import Packet, VideoFrame
from av.container import OutputContainer
from av.video.frame import PictureType
from av.video.stream import VideoStream

MOST_THREADS = 4
# One B-frame is never referenced by another, so decoding runs one frame ahead of showing, at most.
B_FRAMES = 2
BT_709, LIMITED_RANGE = 1, 1


@dataclass(frozen=True)
class Profile:
    """The fields of an encoding profile that an encoder needs; sizes in pixels, ``kbps`` in kilobits per second."""

    width: int
    height: int
    frame_rate: int
    kbps: int
    gop_frames: int
    level: str


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

    def __init__(self, handle: int, profile: Profile) -> None:
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
        self._stream = self._add_stream()
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

    def _add_stream(self) -> VideoStream:
        profile = self._profile
        stream = self._container.add_stream("libx264", rate=profile.frame_rate, options=dict(_options(profile)))
        stream.width, stream.height, stream.pix_fmt = profile.width, profile.height, "yuv420p"
        context = stream.codec_context
        context.time_base = Fraction(1, profile.frame_rate)
        context.bit_rate = profile.kbps * 1000
        context.gop_size = profile.gop_frames
        context.max_b_frames = B_FRAMES
        context.thread_count = min(MOST_THREADS, os.cpu_count() or 1)
        context.sample_aspect_ratio = Fraction(1)
        context.color_primaries = context.color_trc = context.colorspace = BT_709
        context.color_range = LIMITED_RANGE
        return stream


def _options(profile: Profile) -> Iterator[tuple[str, str]]:
    yield "preset", "veryfast"
    yield "profile", "high"
    yield "level", profile.level
    yield "maxrate", f"{profile.kbps}k"
    yield "bufsize", f"{profile.kbps}k"
    yield "forced-idr", "1"
    yield "flags", "+cgop"
    yield "chroma_sample_location", "left"
    yield "a53cc", "0"  # captions hidden in the source stay there
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
        "nal-hrd": "none",
    }
    yield "x264-params", ":".join(f"{name}={value}" for name, value in x264.items())
