"""The steady state: what a viewer notices of a fault, read at the far end of a publish."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, Self

import av
import psutil

from tests.fakes.ingest import Publish
from tests.faults.report import Figures
from tests.streaming.playout.player import Player
from tests.streaming.playout.recording import read

MEGABYTE = 2**20
DARK = 32


def to(ingest: Any, name: str = "p", **more: Any) -> dict[str, Any]:
    """Return an output that publishes to an ingest, under its own name."""
    return {"id": name, "kind": "rtmp", "url": ingest.url, "key": name, "private": True, **more}


def output(statistics: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the figures of one output in a ``statistics`` event."""
    return next(one for one in statistics["outputs"] if one["id"] == name)


def untouched(figures: Figures, number: str, publish: Publish, what: str = "the other destination") -> None:
    """Keep that a publish shows nothing of a fault: its steps, its keyframes, its headers, its decoding."""
    egress = publish.egress
    figures(number, f"{what}: largest step of the picture", egress.video.largest_step, "ms", at_most=40)
    figures(number, f"{what}: largest step of the sound", egress.audio.largest_step, "ms", at_most=30)
    wrong = egress.backward + egress.far_keyframes + egress.header_changes
    if publish.recording is not None:
        wrong += read(publish.recording).errors
    figures(number, f"{what}: steps back, far keyframes, new headers, decode errors", wrong, exactly=0)


def longest_black(path: Path) -> float:
    """Return the seconds of the longest time in which a recording shows nothing but black."""
    longest, began = 0.0, None
    with av.open(str(path)) as container:
        for frame in container.decode(container.streams.video[0]):
            at = frame.time or 0.0
            dark = frame.reformat(width=32, height=18, format="gray").to_ndarray().max() < DARK
            began = (at if began is None else began) if dark else None
            longest = max(longest, 0.0 if began is None else at - began)
    return longest


class Weight:
    """Watches a process's memory and descriptors, five times a second."""

    def __init__(self, player: Player) -> None:
        """Watch the engine's own process."""
        assert player.process is not None
        self._process = psutil.Process(player.process.pid)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.first = self._rss()
        self.most = self.first
        self.descriptors = self._process.num_fds()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(5)

    @property
    def growth(self) -> float:
        """MB above the first look, at most."""
        return (self.most - self.first) / MEGABYTE

    @property
    def more_descriptors(self) -> int:
        """How many more there are now than at the first look."""
        return self._process.num_fds() - self.descriptors

    def _rss(self) -> int:
        return int(self._process.memory_info().rss)

    def _watch(self) -> None:
        while not self._over.wait(0.2):
            self.most = max(self.most, self._rss())
