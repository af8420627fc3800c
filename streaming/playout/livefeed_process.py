"""The process that codes live pictures: started here, spoken to without ever waiting, ended here."""

from __future__ import annotations

import logging
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

from streaming.playout import livewire
from streaming.playout.errors import LiveError
from streaming.playout.livefeed import LiveFeed
from streaming.playout.livewire import Kind, Message
from streaming.playout.units import FrameIndex

log = logging.getLogger(__name__)
MODULE = "streaming.livepicture"
GOODBYE = 1.0
MOST_UNSENT = 400
"""Messages (eight seconds of sound) that may wait for a process that does not read."""


class LiveProcess:
    """One life of the process. What it says is kept here; ``news`` is called whenever there is something."""

    def __init__(self, order: dict[str, Any], news: Callable[[], None]) -> None:
        """Start it and give it its order.

        It is ended with the thread that calls this, which therefore has to live as long as it is needed.

        Raises:
            LiveError: the system cannot start it.

        """
        self._news = news
        self._unsent: queue.Queue[bytes | None] = queue.Queue(MOST_UNSENT)
        self._ended = False
        self.config = b""
        self._coming: LiveFeed | None = None
        self.feed: LiveFeed | None = None
        self.left: tuple[int, int] | None = None
        self.problem = ""
        try:
            self._child = subprocess.Popen(
                [sys.executable, "-m", MODULE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # Its arithmetic is small; threads of a linear algebra library would only take memory.
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            )
        except OSError as error:
            raise LiveError(f"The process that draws the look cannot be started: {error}.") from error
        threading.Thread(target=self._write, name="live picture", daemon=True).start()
        threading.Thread(target=self._read, name="live picture", daemon=True).start()
        self.say(livewire.say(Kind.ORDER, **order))

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._child.pid

    def begin(self, feed: LiveFeed, **where: Any) -> None:
        """Have it begin a picture; once it has, it is :attr:`feed`, and knows its frame."""
        self._coming = feed
        self.say(livewire.say(Kind.BEGIN, **where))

    def say(self, message: bytes) -> None:
        """Send a message, without waiting; to a process that does not read nothing more is sent."""
        try:
            self._unsent.put_nowait(message)
        except queue.Full:
            self._give_up("The process that draws the look takes no more sound.")

    def end(self) -> None:
        """End the process: by its input's end, or at once if it does not listen."""
        self._ended = True
        try:
            self._unsent.put_nowait(None)
            self._child.wait(GOODBYE)
        except (queue.Full, subprocess.TimeoutExpired):
            self._child.kill()
            self._child.wait()

    def _give_up(self, problem: str) -> None:
        if self._ended or self.problem:
            return
        self.problem = problem
        if self.feed is not None:
            self.feed.fail()
        self._news()

    def _write(self) -> None:
        pipe = self._child.stdin
        if pipe is None:
            raise LiveError("The process that draws the look has no pipes.")
        try:
            while (message := self._unsent.get()) is not None:
                pipe.write(message)
                pipe.flush()
            pipe.close()
        except OSError as error:
            log.debug("the process does not listen any more: %s", error)  # its end is noticed by _read

    def _read(self) -> None:
        pipe = self._child.stdout
        if pipe is None:
            raise LiveError("The process that draws the look has no pipes.")
        try:
            while (message := livewire.read(pipe)) is not None:
                self._take(message)
        except (livewire.WireError, OSError) as error:
            log.debug("the process ended while it spoke: %s", error)
        self._give_up(f"The process that draws the look ended ({_how(self._child.wait())}).")

    def _take(self, message: Message) -> None:
        feed = self.feed
        if message.kind is Kind.FRAME and feed is not None:
            offset, key, data = livewire.unpack_frame(message.body)
            feed.add(offset, data, key=key)
        elif message.kind is Kind.SHOWN and feed is not None:
            words = message.words
            feed.show(int(words["number"]), int(words["frame"]), str(words["error"]))
        elif message.kind is Kind.READY:
            self.config = message.body
            self._news()
        elif message.kind is Kind.BEGUN and self._coming is not None:
            words = message.words
            self.feed, self._coming = self._coming, None
            self.feed.begin = FrameIndex(int(words["frame"]))
            self._news()
        elif message.kind is Kind.LEFT:
            words = message.words
            self.left = (int(words["frame"]), int(words["place"]))
            self._news()
        elif message.kind is Kind.TROUBLE:
            self._give_up(str(message.words["message"]))


def _how(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
