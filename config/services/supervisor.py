"""Starts parts in order, watches them, starts again what dies, stops all in reverse.

One thread that sleeps in ``select``: a signal, a line of output, a "ready" or a time that has come wakes it.
"""

from __future__ import annotations

import selectors
import signal
import socket
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from config.services import leftovers
from config.services.child import Child
from config.services.problems import StartError, StopRequested

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from types import FrameType
    from typing import Self

    from config.services.console import Console
    from config.services.part import Part

LOOK_EVERY = 0.1  # seconds between two looks at a part that is not ready yet and says nothing
TRIES = 3  # failures of an essential part before the start is given up
ASKED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
RENEW = signal.SIGUSR1


class Supervisor:
    """Runs parts; use it as a context manager: leaving it stops everything."""

    def __init__(self, run: Path, console: Console, *, held_by: int | None = None) -> None:
        """``run``: the folder for pid files; ``held_by``: a file descriptor whose end of file means stop."""
        self._run = run
        self._console = console
        self._stages: list[list[Child]] = []
        self._asked_to_stop = False
        self._asked_to_renew = False
        self._stopping = False
        self._restore = ExitStack()
        self._selector = selectors.DefaultSelector()
        self._wake_in, self._wake_out = socket.socketpair()
        if held_by is not None:
            self._selector.register(held_by, selectors.EVENT_READ, self._let_go(held_by))

    def __enter__(self) -> Self:
        """Take the signals over, and end what an earlier supervisor left behind."""
        self._run.mkdir(parents=True, exist_ok=True, mode=0o700)
        for end in (self._wake_in, self._wake_out):
            end.setblocking(False)
        self._restore.callback(signal.set_wakeup_fd, signal.set_wakeup_fd(self._wake_in.fileno()))
        for number in (*ASKED, RENEW, signal.SIGCHLD):
            self._restore.callback(signal.signal, number, signal.signal(number, self._signalled))
        self._selector.register(self._wake_out, selectors.EVENT_READ, lambda: self._wake_out.recv(4096))
        for name in leftovers.end_leftovers(self._run):
            self._console.say(f"{name} was left over from an earlier start and has been stopped")
        return self

    def __exit__(self, *_: object) -> None:
        """Stop everything, and give the signals back."""
        self.stop()
        self._restore.close()
        self._selector.close()
        self._wake_in.close()
        self._wake_out.close()

    def start(self, parts: Sequence[Part], *, patience: float = float("inf")) -> list[str]:
        """Start these parts in order and return when all are ready: an empty list.

        After ``patience`` seconds the names of those that are not: they are tried on, the others need not wait.

        Raises:
            StartError: an essential part does not come up; the sentence carries its last words.
            StopRequested: someone asked us to stop meanwhile.

        """
        stage: list[Child] = []
        self._stages.append(stage)
        for part in parts:
            child = Child(part, self._run)
            stage.append(child)
            if child.notices is not None:
                self._selector.register(child.notices, selectors.EVENT_READ, child.hear)
            self._start(child)
        deadline = time.monotonic() + patience
        while waiting := [child for child in stage if not child.ready]:
            if time.monotonic() > deadline and not any(child.part.once for child in waiting):
                break
            self._step()
            for child in stage:
                _give_up_on(child)
        return [child.part.name for child in waiting]

    def watch(self, renew: Callable[[], object] | None = None) -> None:
        """Keep everything running until someone asks to stop (raises StopRequested); SIGUSR1 calls ``renew``."""
        while True:
            self._step()
            if self._asked_to_renew and renew is not None:
                renew()
                self._asked_to_renew = False  # asked again meanwhile: it is done

    def do(self, part: Part) -> None:
        """Run a part that ends by itself, while everything else goes on.

        Raises:
            StartError: it failed; the sentence carries its last words.
            StopRequested: someone asked us to stop meanwhile.

        """
        try:
            self.start([part])
        finally:
            if not self._asked_to_stop:
                for child in self._stages.pop():
                    self._close(child)

    def renew(self, name: str, *, patience: float) -> float | None:
        """Replace a running part's process by a new one, and wait until that is ready; the others go on.

        Returns:
            The seconds without a ready process; None if the new one is not ready after ``patience`` seconds.

        Raises:
            StopRequested: someone asked us to stop meanwhile.

        """
        child = next(child for stage in self._stages for child in stage if child.part.name == name)
        began = time.monotonic()
        child.end(to_renew=True)
        while child.ending:
            self._step(at_most=LOOK_EVERY)
            child.escalate()
        child.start_at_once()
        deadline = time.monotonic() + patience
        while not child.ready:
            if time.monotonic() > deadline:
                return None
            self._step()
        return time.monotonic() - began

    def stop(self) -> None:
        """End all parts, the last started first; each stage has ended before the one below it is asked."""
        self._stopping = True
        while self._stages:
            stage = self._stages.pop()
            for child in reversed(stage):
                child.end()
            while any(child.running for child in stage):
                self._select(LOOK_EVERY, stage)
                for child in stage:
                    child.escalate()
            self._let_speak()
            for child in stage:
                self._close(child)

    def _step(self, *, at_most: float | None = None) -> None:
        """Wait for something to happen, and do what follows from it."""
        children = [child for stage in self._stages for child in stage]
        waits = [wait for wait in (self._patience(children), at_most) if wait is not None]
        self._select(min(waits, default=None), children)
        if self._asked_to_stop:
            raise StopRequested
        for child in children:
            if not child.running and not child.ready and time.monotonic() >= child.due:
                self._start(child)

    def _select(self, timeout: float | None, children: Sequence[Child]) -> None:
        for key, _ in self._selector.select(timeout):
            key.data()
        for child in children:
            if child.reap():
                self._tell_end(child)
            elif not self._stopping and child.look():
                self._console.say(f"{child.part.name} is ready")

    def _start(self, child: Child) -> None:
        output = child.start()

        def read() -> None:
            lines, more = output.read()
            child.last_lines.extend(lines)
            for line in lines:
                self._console.line(child.part.name, line, quiet=child.part.quiet)
            if not more:
                self._selector.unregister(output.pipe)
                output.pipe.close()

        self._selector.register(output.pipe, selectors.EVENT_READ, read)

    def _let_speak(self) -> None:
        """Pass on what the ended parts wrote last; a child of theirs that still writes does not hold us up."""
        for _ in range(100):
            found = self._selector.select(0)
            if not found:
                return
            for key, _events in found:
                key.data()

    def _close(self, child: Child) -> None:
        if child.notices is not None:
            self._selector.unregister(child.notices)
        child.close()

    def _tell_end(self, child: Child) -> None:
        if self._stopping or child.was_asked or (child.part.once and child.exit_code == 0):
            return  # as it should
        after = "" if child.part.once else f"; it starts again in {child.wait:g} s"
        self._console.say(f"{child.part.name} ended with {_in_words(child.exit_code)}{after}")

    def _patience(self, children: Sequence[Child]) -> float | None:
        """Seconds until something must be looked at although nothing happens; None: nothing must."""
        now = time.monotonic()
        waits = [max(0.0, child.due - now) for child in children if not child.running and not child.ready]
        if any(child.running and not child.ready for child in children):
            waits.append(LOOK_EVERY)
        return min(waits, default=None)

    def _signalled(self, number: int, _frame: FrameType | None) -> None:
        if number in ASKED:
            self._asked_to_stop = True
        elif number == RENEW:
            self._asked_to_renew = True

    def _let_go(self, held_by: int) -> Callable[[], None]:
        def closed() -> None:
            self._selector.unregister(held_by)
            self._asked_to_stop = True

        return closed


def _give_up_on(child: Child) -> None:
    if child.running or child.ready:
        return
    if child.part.essential and (child.part.once or child.failures >= TRIES):
        words = child.last_lines[-1].strip() if child.last_lines else "it said nothing"
        raise StartError(f"{child.part.name} ended with {_in_words(child.exit_code)}: {words}")


def _in_words(code: int | None) -> str:
    if code is not None and code < 0:
        return f"signal {signal.Signals(-code).name}"
    return f"exit code {code}"
