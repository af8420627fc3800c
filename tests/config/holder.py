"""Runs ``config.services.hold`` in a home and talks to the database it holds."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import redis

from config.home import BASE_DIR
from config.lib.places import Places
from config.services.housing import remove_home

if TYPE_CHECKING:
    from collections.abc import Iterator


class Holder:
    """One run of the services in a home; ``start`` returns when they are ready."""

    def __init__(self, home: Path) -> None:
        self.places = Places(home)
        self.environment: dict[str, str] = {}
        self.process: subprocess.Popen[str]

    def start(self) -> Holder:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.services.hold"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=BASE_DIR,
            env={**os.environ, "LONGWAVE_HOME": str(self.places.home), **self.environment},
        )
        assert self.process.stdout is not None
        self.said = []
        for line in self.process.stdout:
            self.said.append(line.strip())
            if line == "ready\n":
                break
        return self

    def stop(self) -> int:
        """Let go of the pipe; return the exit code."""
        self.process.communicate(timeout=15)
        return self.process.returncode

    def kill(self) -> None:
        """End the holder as ``kill -9`` does."""
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=15)

    def sql(self, statement: str) -> Any:
        """Run a statement and return its first row, if it has any."""
        with psycopg.connect(self.places.database_url, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchone() if cursor.description else None

    def redis(self) -> redis.Redis:
        return redis.Redis.from_url(self.places.redis_url)

    def pid_of(self, part: str) -> int:
        """Return the pid of ``postgres`` or ``valkey``."""
        if part == "valkey":
            return int(self.redis().info("server")["process_id"])  # type: ignore[index]
        return int((self.places.postgres / "postmaster.pid").read_text().split()[0])


@contextmanager
def a_home(name: str = "home") -> Iterator[Holder]:
    """Yield a holder, not started, of a new private home with a short path; the folder is removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="lw-", dir="/tmp"))
    holder = Holder(folder / name)
    try:
        yield holder
    finally:
        remove_home(holder.places)
        shutil.rmtree(folder)
