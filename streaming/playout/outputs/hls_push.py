"""HLS to a platform that has it PUT: the playlist and its newest segments, from memory (RFC 8216; YouTube's ingest)."""

from __future__ import annotations

import math
import time
from collections import deque
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from streaming.playout.errors import OutputError
from streaming.playout.outputs.base import Output, Surroundings
from streaming.playout.outputs.cutter import Cutter, Segment
from streaming.playout.outputs.upload import Upload
from streaming.playout.spec import HlsPushSpec

STARVED = 5.0
LISTED = 5
LEAST_MS = 1900
"""Milliseconds after which the next keyframe begins a new segment: every one of a two-second GOP."""

LONGEST_S = 5
PLAYLIST_TYPE, SEGMENT_TYPE = "application/vnd.apple.mpegurl", "video/mp2t"


@dataclass(frozen=True)
class Listed:
    """A segment that was taken."""

    name: str
    seconds: float
    breaks: bool
    """Whether something is missing before it."""


class Target:
    """Where files go: beside the playlist, or where ``file=`` is in the query."""

    def __init__(self, spec: HlsPushSpec) -> None:
        """Take the address apart; the key is put in its place."""
        parts = urlsplit(spec.url.replace("{key}", quote(spec.key, safe="")))
        self.secure = parts.scheme == "https"
        self.host = parts.hostname or ""
        self.port = parts.port or (443 if self.secure else 80)
        self._path = parts.path or "/"
        self._query = parse_qsl(parts.query, keep_blank_values=True)

    def path(self, name: str = "") -> str:
        """Return what is asked for when a file is put; without a name, the playlist."""
        query = [(key, name if name and key == "file" else value) for key, value in self._query]
        path = self._path
        if name and not any(key == "file" for key, _ in query):
            path = path.rpartition("/")[0] + "/" + name
        return path + (f"?{urlencode(query)}" if query else "")


class HlsPushOutput(Output):
    """Cuts segments, puts each and then the playlist that names it."""

    spec: HlsPushSpec
    most_ms = 15_000
    """A segment is put whole, so the next ones wait meanwhile."""

    def __init__(self, spec: HlsPushSpec, around: Surroundings) -> None:
        """Prepare; :meth:`start` begins."""
        super().__init__(spec, around)
        self._target = Target(spec)
        self._listed: deque[Listed] = deque(maxlen=LISTED)
        self._stem = int(time.time())
        self._number = self._first = self._broken = 0
        self._longest = LONGEST_S

    def run(self) -> None:
        """Put segments until the queue is closed."""
        target = self._target
        upload = Upload((target.host, target.port), self._around.fence, secure=target.secure, private=self.spec.private)
        cutter, fresh = Cutter(self.format, LEAST_MS), True
        self.queue.connected()
        try:
            while not self.queue.closed:
                units = self.queue.take(STARVED)
                if not units and not self.queue.closed:
                    raise OutputError("Nothing came from the encoder's clock; the upload was ended.")
                for segment in cutter.cut(units):
                    self._put(upload, segment, breaks=fresh and bool(self._number))
                    fresh = False
                    self._arrived()
        finally:
            upload.close()
            cutter.close()

    def _arrived(self) -> None:
        if not self.up:
            self.came_up()
        self.proved()

    def _put(self, upload: Upload, segment: Segment, *, breaks: bool) -> None:
        name = f"{self._stem}-{self._number}.ts"
        upload.put(self._target.path(name), segment.data, SEGMENT_TYPE, "a segment")
        self._number += 1
        if len(self._listed) == LISTED:
            self._first += 1
            self._broken += self._listed[0].breaks
        self._listed.append(Listed(name, segment.seconds, breaks))
        self._longest = max(self._longest, math.ceil(segment.seconds))
        upload.put(self._target.path(), self._playlist(), PLAYLIST_TYPE, "the playlist")
        self.bytes += len(segment.data)

    def _playlist(self) -> bytes:
        lines = ["#EXTM3U", "#EXT-X-VERSION:3", f"#EXT-X-TARGETDURATION:{self._longest}"]
        lines += [f"#EXT-X-MEDIA-SEQUENCE:{self._first}"]
        lines += [f"#EXT-X-DISCONTINUITY-SEQUENCE:{self._broken}"] if self._broken else []
        for one in self._listed:
            lines += ["#EXT-X-DISCONTINUITY"] if one.breaks else []
            lines += [f"#EXTINF:{one.seconds:.3f},", one.name]
        return ("\n".join(lines) + "\n").encode()
