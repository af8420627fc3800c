"""The HLS preview: the same packets as MPEG-TS segments in a folder, no encoding."""

from __future__ import annotations

import shutil
import time
from fractions import Fraction
from typing import TYPE_CHECKING

import av
from av.error import FFmpegError

from streaming.playout.errors import OutputError
from streaming.playout.outputs.base import Output, Surroundings
from streaming.playout.outputs.bitstream import AdtsHeader, ParameterSets
from streaming.playout.spec import HlsSpec
from streaming.playout.units import Kind

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.stream import Stream

SEGMENT_SECONDS = 2
SEGMENTS = 8
STARVED = 5.0
START_MS = 200
"""Milliseconds added to all times, so that the reordering's negative ones vanish."""


class HlsOutput(Output):
    """Writes ``index.m3u8`` and its newest segments."""

    networked = False

    def __init__(self, spec: HlsSpec, around: Surroundings) -> None:
        """Prepare; :meth:`start` begins to write."""
        super().__init__(spec, around)
        self._folder = spec.folder
        self._parameter_sets = ParameterSets.parse(around.form.video_config)
        self._adts = AdtsHeader(around.form.audio_config)

    def run(self) -> None:
        """Write segments until the queue is closed."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._open() as container:
                video, audio = self._streams(container)
                self.came_up()
                while not self.queue.closed:
                    self._write(container, video, audio)
            shutil.rmtree(self._folder, ignore_errors=True)
        except (FFmpegError, OSError) as error:
            raise OutputError(f"The preview cannot be written: {error.strerror or error}.") from error

    def _open(self) -> OutputContainer:
        return av.open(
            str(self._folder / "index.m3u8"),
            "w",
            format="hls",
            options={
                "hls_time": str(SEGMENT_SECONDS),
                "hls_list_size": str(SEGMENTS),
                "hls_delete_threshold": "4",
                "hls_flags": "delete_segments+omit_endlist+temp_file+independent_segments+append_list",
                # Unique over restarts: a player must never get old bytes for a name it knows.
                "hls_segment_filename": str(self._folder / f"{int(time.time())}-%d.ts"),
            },
        )

    def _streams(self, container: OutputContainer) -> tuple[Stream, Stream]:
        form = self.format
        video = container.add_mux_stream("h264", form.frame_rate, width=form.width, height=form.height)
        audio = container.add_mux_stream("aac", form.sample_rate)
        video.time_base = Fraction(1, form.frame_rate)
        audio.time_base = Fraction(1, form.sample_rate)
        return video, audio

    def _write(self, container: OutputContainer, video: Stream, audio: Stream) -> None:
        units = self.queue.take(STARVED)
        if not units and not self.queue.closed:
            raise OutputError("Nothing came from the encoder's clock; the preview stopped.")
        self.proved()
        for unit in units:
            is_video = unit.kind is Kind.VIDEO
            data = self._parameter_sets.annex_b(unit) if is_video else self._adts.wrap(unit.data)
            rate = self.format.frame_rate if is_video else self.format.sample_rate
            packet = av.Packet(data)
            packet.stream = video if is_video else audio
            packet.time_base = Fraction(1, rate)
            shift = START_MS * rate // 1000
            packet.dts, packet.pts = unit.dts + shift, unit.pts + shift
            packet.duration = 1 if is_video else 1024
            packet.is_keyframe = unit.key
            container.mux(packet)
            self.bytes += len(data)
