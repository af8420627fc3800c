"""The radios and the platform, a process each."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from tests.benchmarks.crowd import material, meter
from tests.plugins.daemon import answers, free_port, wait_until


class Peer:
    """A helper process that answers on a port."""

    def __init__(self, module: str, *arguments: str) -> None:
        """Start it and wait until it listens."""
        self.port = free_port()
        command = [sys.executable, "-m", f"tests.benchmarks.crowd.{module}", str(self.port), *arguments]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        wait_until(lambda: answers(self.port), within=20, what=module)

    def say(self, word: str) -> None:
        """Send a line."""
        if self.process.stdin is not None:
            self.process.stdin.write(word.encode() + b"\n")
            self.process.stdin.flush()

    def told(self) -> dict[str, Any]:
        """Ask for what was seen."""
        self.say("tell")
        answer = self.process.stdout.readline() if self.process.stdout is not None else b"{}"
        return dict(json.loads(answer))

    def cpu(self) -> float:
        """Seconds of CPU."""
        return sum(meter.seconds(self.process.pid))

    def stop(self) -> None:
        """End it."""
        self.process.kill()
        self.process.communicate()


@contextmanager
def peers(song: material.Song) -> Iterator[tuple[Peer, Peer]]:
    """Run the radios and the platform."""
    with ExitStack() as stack:
        radio = Peer("radio", str(song.path), song.kind, str(song.seconds))
        stack.callback(radio.stop)
        sink = Peer("sink")
        stack.callback(sink.stop)
        yield radio, sink
