"""Somebody who watches at the platform: pulls the stream from the relay, decodes it, and notes when colours change."""

from __future__ import annotations

import threading
import time
from typing import Self

import av
from av.error import FFmpegError


class Viewer:
    """Watches an RTMP stream until closed."""

    def __init__(self, url: str) -> None:
        """Start watching."""
        self.seen: list[tuple[float, str]] = []
        self.longest_wait = 0.0
        self.ended = False
        self._url = url
        self._news = threading.Condition()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self.wait_for_colour(None)
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._thread.join(15)

    def wait_for_colour(self, colour: str | None, since: float = 0.0, within: float = 20) -> float:
        """Return the wall time (epoch seconds) at which the colour was first seen after ``since``."""
        found: list[float] = []

        def look() -> bool:
            found[:] = [at for at, name in self.seen if at > since and colour in {None, name}][:1]
            return bool(found)

        with self._news:
            assert self._news.wait_for(look, within), f"no {colour} within {within} s: {self.seen[-5:]}"
        return found[0]

    def _watch(self) -> None:
        try:
            with av.open(self._url, options={"rtmp_live": "live", "fflags": "nobuffer"}, timeout=(10, 10)) as stream:
                video = stream.streams.video[0]
                video.thread_type = "NONE"
                self._decode(stream, video)
        except FFmpegError:
            self.ended = True

    def _decode(self, stream: av.container.InputContainer, video: av.VideoStream) -> None:
        last = time.monotonic()
        for packet in stream.demux(video):
            now = time.monotonic()
            if self.seen:
                self.longest_wait = max(self.longest_wait, now - last)
            last = now
            for frame in packet.decode():
                self._note(frame)
            if self._closing.is_set():
                return
        self.ended = True

    def _note(self, frame: object) -> None:
        if not isinstance(frame, av.VideoFrame):
            return
        pixels = frame.reformat(width=16, height=16, format="rgb24").to_ndarray().reshape(-1, 3).mean(axis=0)
        colour = ("red", "green", "blue")[int(pixels.argmax())]
        with self._news:
            if not self.seen or self.seen[-1][1] != colour:
                self.seen.append((time.time(), colour))
            self._news.notify_all()
