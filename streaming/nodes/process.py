"""The encoder as a process of the operating system: started by us, or found running."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import psutil
from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

COMMAND: tuple[str, ...] = (sys.executable, "-m", "streaming.playout")
LAST_LINES = 40
TAIL_BYTES = 16 * 1024
LOG_LIMIT = 8 * 1024 * 1024
PASSED_ON = frozenset(
    {
        "HOME",
        "LANG",
        "LD_LIBRARY_PATH",
        "LOG_LEVEL",
        "PATH",
        "PYTHONPATH",
        "SSL_CERT_DIR",
        "SSL_CERT_FILE",
        "TMPDIR",
        "TZ",
        "VIRTUAL_ENV",
    },
)
"""What an encoder gets of our environment: none of the secrets."""


class Process(Protocol):
    """A running encoder, whoever started it."""

    pid: int

    @property
    def started_at(self) -> float:
        """When it was started, seconds since 1970."""

    def ended(self) -> bool:
        """Tell whether it is gone; its exit code is kept."""

    def exit_code(self) -> int | None:
        """Return the exit code (negative: the signal), ``None`` while it runs or if the system does not tell."""

    def wait(self, seconds: float) -> bool:
        """Wait for its end; return whether it came."""

    def kill(self) -> None:
        """End it at once (SIGKILL); harmless when it is gone."""

    def terminate(self) -> None:
        """Ask it to end (SIGTERM); harmless when it is gone."""


class Child:
    """An encoder that we started: the system tells us its exit code."""

    def __init__(self, popen: subprocess.Popen[bytes]) -> None:
        """Keep the handle."""
        self._popen = popen
        self.pid = popen.pid
        self._started_at = time.time()

    @property
    def started_at(self) -> float:
        """When we started it."""
        return self._started_at

    def ended(self) -> bool:
        """Reap it if it is gone."""
        return self._popen.poll() is not None

    def exit_code(self) -> int | None:
        """Return what it was reaped with."""
        return self._popen.returncode

    def wait(self, seconds: float) -> bool:
        """Wait for its end."""
        try:
            self._popen.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        """SIGKILL; also ends a stopped process."""
        self._popen.kill()

    def terminate(self) -> None:
        """SIGTERM."""
        self._popen.terminate()


class Found:
    """An encoder that another node started: not our child, so the system keeps its exit code from us.

    psutil compares the start time before it signals, so a pid that was given to someone else is never hit.
    """

    def __init__(self, process: psutil.Process) -> None:
        """Keep the handle."""
        self._process = process
        self.pid = process.pid

    @property
    def started_at(self) -> float:
        """When it was started, seconds since 1970."""
        return self._process.create_time()

    def ended(self) -> bool:
        """Tell whether it is gone (a zombie whose parent does not reap it counts as gone)."""
        try:
            return not self._process.is_running() or self._process.status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    def exit_code(self) -> int | None:
        """Nobody tells us."""
        return None

    def wait(self, seconds: float) -> bool:
        """Wait for its end."""
        try:
            self._process.wait(seconds)
        except psutil.TimeoutExpired:
            return self.ended()
        return True

    def kill(self) -> None:
        """SIGKILL."""
        self._signal(self._process.kill)

    def terminate(self) -> None:
        """SIGTERM."""
        self._signal(self._process.terminate)

    def _signal(self, send: object) -> None:
        try:
            send()  # type: ignore[operator]
        except psutil.NoSuchProcess:
            return  # it is gone, which is what was asked for


def spawn(spec: Path, log: Path, command: Sequence[str] = ()) -> Child:
    """Start an encoder in a session of its own, so that our end is not its end.

    Raises:
        OSError: the system cannot start it (no memory, no file handles).

    """
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        popen = subprocess.Popen(
            [*(command or COMMAND), str(spec)],
            stdin=subprocess.DEVNULL,
            stdout=handle,
            stderr=handle,
            cwd=settings.BASE_DIR,
            env={name: value for name, value in os.environ.items() if name in PASSED_ON or name.startswith("LC_")},
            start_new_session=True,
        )
    finally:
        os.close(handle)
    return Child(popen)


def find(pid: int) -> Found | None:
    """Return the process with this pid, if there is one."""
    try:
        return Found(psutil.Process(pid)) if pid > 0 else None
    except psutil.NoSuchProcess:
        return None


def find_by_spec(spec: Path) -> list[Found]:
    """Return every process that was started with this spec: found even if nobody noted its pid."""
    running = psutil.process_iter(["cmdline"])
    return [Found(p) for p in running if str(spec) in (p.info["cmdline"] or []) and p.pid != os.getpid()]


def last_lines(log: Path) -> str:
    """Return the last lines of a log, at most 40 lines and 16 KiB."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL_BYTES))
            tail = file.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
    return "\n".join(tail.splitlines()[-LAST_LINES:])


def keep_short(log: Path) -> None:
    """Empty a log that grew too long; the encoder appends, so it goes on at the beginning."""
    try:
        if log.stat().st_size > LOG_LIMIT:
            os.truncate(log, 0)
    except FileNotFoundError:
        return  # nothing was logged yet


class Usage:
    """Processor and memory of a process between two looks, with what it started to code transitions and live pictures.

    The processor's time of a process that ended is its parent's, so nothing is lost between two looks. Memory that
    processes share with each other is counted once.
    """

    def __init__(self, pid: int) -> None:
        """Begin to measure."""
        self._process: psutil.Process | None = None
        self._looked_at, self._seconds = time.monotonic(), 0.0
        try:
            self._process = psutil.Process(pid)
            self._seconds, _ = _used(self._process)
        except psutil.Error:
            self._process = None

    def look(self) -> tuple[float, float]:
        """Return per cent of one core since the last look, and resident MiB; zeros when it is gone."""
        if self._process is None:
            return 0.0, 0.0
        try:
            seconds, memory = _used(self._process)
        except psutil.Error:
            return 0.0, 0.0
        now = time.monotonic()
        passed, more = now - self._looked_at, seconds - self._seconds
        self._looked_at, self._seconds = now, seconds
        return max(0.0, more) / passed * 100 if passed > 0 else 0.0, memory / 2**20


def _used(process: psutil.Process) -> tuple[float, float]:
    """Return the seconds of processor and the bytes of memory that a process and all under it have taken."""
    seconds, memory = sum(process.cpu_times()[:4]), float(process.memory_info().rss)
    for child in _under(process):
        try:
            held = child.memory_info()
            seconds += sum(child.cpu_times()[:4])
        except psutil.Error:
            continue  # it ended just now: its time is its parent's at the next look
        memory += held.rss - getattr(held, "shared", 0)
    return seconds, memory


def _under(process: psutil.Process) -> Iterator[psutil.Process]:
    """Yield all that a process started and that lives.

    Linux keeps a list for each thread. psutil would read about every process of the machine instead, for every station
    every two seconds: with many stations that grows with their square.
    """
    tasks = Path(f"/proc/{process.pid}/task")
    try:
        lists = [(task / "children").read_text() for task in tasks.iterdir()]
    except (FileNotFoundError, ProcessLookupError):
        yield from process.children(recursive=True)  # no Linux, or a thread ended just now
        return
    for pid in " ".join(lists).split():
        try:
            child = psutil.Process(int(pid))
        except psutil.NoSuchProcess:
            continue
        yield child
        yield from _under(child)
