"""One owner per home: whoever holds the lock runs the services in it."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from config.services.problems import AlreadyRunningError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def owner_of(home: Path) -> Iterator[None]:
    """Hold the home's lock; the kernel lets go of it when this process ends, however it ends.

    Raises:
        AlreadyRunningError: another process has it; the sentence names it.

    """
    handle = os.open(home / "up.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunningError(_sentence(home, os.pread(handle, 32, 0))) from error
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def running_owner(home: Path) -> int | None:
    """Return the pid of the process that holds the home's lock; None: nobody does."""
    try:
        handle = os.open(home / "up.lock", os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = os.pread(handle, 32, 0).decode("ascii", "replace").strip()
        return int(pid) if pid.isdigit() else None
    else:
        return None
    finally:
        os.close(handle)


def _sentence(home: Path, content: bytes) -> str:
    pid = content.decode("ascii", "replace").strip()
    who = f" (process {pid})" if pid else ""
    return f"Longwave already runs in {home}{who}: stop that one first, or set LONGWAVE_HOME to another folder."
