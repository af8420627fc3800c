"""One part and the process that is it at the moment."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections import deque
from typing import IO, TYPE_CHECKING, cast

from config.home import BASE_DIR
from config.services import leftovers
from config.services.leash import leashed

if TYPE_CHECKING:
    from pathlib import Path

    from config.services.part import Part

FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0  # seconds before a restart: doubled each time
STEADY = 60.0  # a part that ran this long starts again with the first wait
CHUNK = 65536


class Lines:
    """Cuts what arrives on a pipe into lines; never waits."""

    def __init__(self, pipe: IO[bytes]) -> None:
        """Take the reading end over."""
        os.set_blocking(pipe.fileno(), False)
        self.pipe = pipe
        self._rest = b""

    def read(self) -> tuple[list[str], bool]:
        """Return the lines completed since the last call, and whether there can be more."""
        try:
            data = os.read(self.pipe.fileno(), CHUNK)
        except BlockingIOError:
            return [], True
        text = self._rest + data
        *lines, self._rest = (text if data else text + b"\n").split(b"\n")
        return [line.decode(errors="replace").rstrip() for line in lines if line.strip()], bool(data)


class Child:
    """Starts a part's process, reads its output, knows whether it is ready, ends it."""

    def __init__(self, part: Part, run: Path) -> None:
        """``run`` is the folder for pid files and for the sockets on which parts say that they are ready."""
        self.part = part
        self.process: subprocess.Popen[bytes] | None = None
        self.ready = False
        self.failures = 0
        self.exit_code: int | None = None
        self.due = 0.0
        self.last_lines: deque[str] = deque(maxlen=8)
        self.notices = _listen(run / f"{part.name}.ready") if part.probe is None and not part.once else None
        self._pid_file = run / f"{part.name}.pid"
        self._started = 0.0
        self._said_so = False
        self.was_asked = False
        self._ending: list[tuple[signal.Signals, float]] = []
        self._escalates = 0.0

    @property
    def ending(self) -> bool:
        """Whether the process was asked to end and has not yet."""
        return self.process is not None and bool(self._ending)

    @property
    def running(self) -> bool:
        """Whether there is a process."""
        return self.process is not None

    def start(self) -> Lines:
        """Start the process in a session of its own, so that Ctrl-C is ours alone to handle; return its output."""
        command = self.part.command()
        environment = dict(self.part.environment)
        if self.notices is not None:
            environment["NOTIFY_SOCKET"] = str(self.notices.getsockname())
        self.process = subprocess.Popen(
            leashed(command, signal=self.part.orphan, uid=self.part.uid),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=environment,
            pass_fds=self.part.pass_fds,
            cwd=BASE_DIR,
            bufsize=0,
        )
        leftovers.note(self._pid_file, self.process.pid, self.part.orphan)
        self._started = time.monotonic()
        self.ready, self.exit_code, self._said_so = False, None, False
        self._ending = []
        return Lines(cast("IO[bytes]", self.process.stdout))

    def hear(self) -> None:
        """Take what the process says on its socket."""
        assert self.notices is not None  # noqa: S101 - called when it became readable
        self._said_so = self._said_so or b"READY=1" in self.notices.recv(256)

    def look(self) -> bool:
        """Whether it became ready just now."""
        if self.ready or not self.running or self.part.once:
            return False
        self.ready = self._said_so if self.part.probe is None else self.part.probe()
        return self.ready

    def reap(self) -> bool:
        """Whether the process ended since the last call; ``exit_code`` then has its code, negative for a signal."""
        if self.process is None or (code := self.process.poll()) is None:
            return False
        if time.monotonic() - self._started > STEADY:
            self.failures = 0
        self.process, self.exit_code = None, code
        self.ready = self.part.once and (code == 0 or not self.part.essential)
        self.failures += 1
        self.due = time.monotonic() + self.wait
        self.was_asked = bool(self._ending)
        self._ending = []
        self._pid_file.unlink(missing_ok=True)
        return True

    @property
    def wait(self) -> float:
        """Seconds until it may start again."""
        return min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** (self.failures - 1))

    def end(self, *, to_renew: bool = False) -> None:
        """Begin to end the process: the first of its part's signals."""
        signals = (to_renew and self.part.renew) or self.part.stop
        self._ending = [*signals, (signal.SIGKILL, 0.0)]
        self._escalates = 0.0
        self.escalate()

    def escalate(self) -> None:
        """Send the next signal if the last one had its time."""
        if self.process is None or not self._ending or time.monotonic() < self._escalates:
            return
        how, seconds = self._ending.pop(0)
        self._escalates = time.monotonic() + seconds
        if how is signal.SIGKILL:
            leftovers.kill_group(self.process.pid)
        else:
            self.process.send_signal(how)

    def start_at_once(self) -> None:
        """Let the next start wait for nothing: it ended because it was asked to."""
        self.failures, self.due = 0, 0.0

    def close(self) -> None:
        """Let go of the socket it would say "ready" on."""
        if self.notices is not None:
            self.notices.close()


def _listen(address: Path) -> socket.socket:
    address.unlink(missing_ok=True)
    notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notices.bind(str(address))
    notices.setblocking(False)
    return notices
