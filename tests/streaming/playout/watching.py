"""A viewer: plays an address live in a process of its own, and connects again when the server ends the stream."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from itertools import pairwise
from typing import Self

VIEWER = """
import json, sys, time
import av

while True:
    try:
        with av.open(sys.argv[1], options={"rw_timeout": "3000000"}) as container:
            for packet in container.demux(video=0):
                try:
                    for frame in packet.decode():
                        print(json.dumps({"at": time.time(), "damaged": bool(frame.is_corrupt)}), flush=True)
                except av.error.InvalidDataError as error:
                    print(json.dumps({"at": time.time(), "damaged": True}), flush=True)
    except av.error.FFmpegError:
        time.sleep(0.1)
"""


class Watching:
    """Keeps when each picture was decoded; use it in a ``with``."""

    def __init__(self, url: str) -> None:
        """Prepare to play ``url``."""
        self.seen: list[float] = []
        self.errors = 0
        self._url = url

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-c", VIEWER, self._url],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.seen.append(time.time())  # what never came by now was waited for too
        self._process.kill()
        self._process.wait()
        self._thread.join()

    @property
    def longest_wait(self) -> float:
        """Seconds without a picture, after the first."""
        return max((later - earlier for earlier, later in pairwise(sorted(self.seen))), default=float("inf"))

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            picture = json.loads(line)
            self.seen.append(picture["at"])
            self.errors += picture["damaged"]
