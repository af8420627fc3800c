"""A real Celery worker over the test's database."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.e2e.server import ROOT, environment

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND = ["-q", "-A", "config.celery", "worker", "--loglevel", "WARNING", "--concurrency", "1"]


@contextlib.contextmanager
def celery_worker() -> Iterator[None]:
    """Run one for as long as the block runs; what it is asked before it is up waits in the broker."""
    command = [sys.executable, "-m", "celery", *COMMAND]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)
