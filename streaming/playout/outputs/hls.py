"""The HLS preview: the same packets as MPEG-TS segments in a folder, no encoding."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

import av
from av.error import FFmpegError

from streaming.playout.errors import OutputError
from streaming.playout.outputs.base import Output, Surroundings
from streaming.playout.outputs.mpegts import TransportStream
from streaming.playout.spec import HlsSpec

if TYPE_CHECKING:
    from av.container import OutputContainer

SEGMENT_SECONDS = 2
SEGMENTS = 8
STARVED = 5.0


class HlsOutput(Output):
    """Writes ``index.m3u8`` and its newest segments."""

    networked = False

    def __init__(self, spec: HlsSpec, around: Surroundings) -> None:
        """Prepare; :meth:`start` begins to write."""
        super().__init__(spec, around)
        self._folder = spec.folder

    def run(self) -> None:
        """Write segments until the queue is closed."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._open() as container:
                stream = TransportStream(container, self.format)
                self.came_up()
                while not self.queue.closed:
                    self._write(stream)
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

    def _write(self, stream: TransportStream) -> None:
        units = self.queue.take(STARVED)
        if not units and not self.queue.closed:
            raise OutputError("Nothing came from the encoder's clock; the preview stopped.")
        self.proved()
        for unit in units:
            self.bytes += stream.write(unit)
