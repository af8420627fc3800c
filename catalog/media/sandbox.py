"""Runs a job on an untrusted file in a process of its own that is shut in, watched and limited."""

from __future__ import annotations

import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from catalog.media.errors import ChildBrokenError, ChildDiedError, StorageFullError
from catalog.media.inside.jail import Limits

logger = logging.getLogger(__name__)
BASE = Path(__file__).resolve().parent.parent.parent
# Isolated mode (-I) knows no PYTHON* variables, no user packages and no current folder; our own folder comes first.
BOOT = (
    "import runpy,sys; sys.path.insert(0, sys.argv.pop(1)); "
    "runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)"
)
LONGEST_LINE = 16 * 1024 * 1024
TICK = 1.0
# Sent by people, by the kernel when memory runs out, or by a machine that goes down: not the file's doing.
FROM_OUTSIDE = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP})


class Refusal(Exception):  # noqa: N818  # not an error of ours: the answer "no"
    """The job looked at the file and refused it; the text is a sentence for the sender."""


def run(
    module: str,
    order: Mapping[str, Any],
    *,
    files: Mapping[str, int],
    limits: Limits,
    heard: Callable[[int | None], None] = lambda _: None,
) -> dict[str, Any]:
    """Run a job and return its result.

    Args:
        module: a module of ours that ends in a job (``catalog.*.inside.*``).
        order: what the job is told; JSON types only.
        files: open file handles by the name the job knows them by; the only files it can reach.
        limits: time and space.
        heard: called with the progress in per cent as it is said, and at least each second with none: a chance
            to note that the job lives. What it raises ends the job.

    Raises:
        Refusal: the job refused the file.
        StorageFullError: there is no room for the output.
        ChildDiedError: it was ended from outside; doing it again may work.
        ChildBrokenError: it crashed or took more than its limits; doing it again will not help.

    """
    with tempfile.TemporaryFile() as log, _started(module, order, files, limits, log) as child:
        said = _listen(child, time.monotonic() + limits.seconds, limits, heard)
        code = child.wait()
        if "full" in said:
            raise StorageFullError("There is no room for the result. Free some disk space and try again.")
        if "refused" in said:
            raise Refusal(str(said["refused"]))
        if "done" in said:
            return dict(said["done"])
        _explain(code, limits, log)
        raise ChildBrokenError("The file could not be read safely: reading it failed inside.")


@contextmanager
def _started(
    module: str,
    order: Mapping[str, Any],
    files: Mapping[str, int],
    limits: Limits,
    log: IO[bytes],
) -> Iterator[subprocess.Popen[bytes]]:
    job = json.dumps({"order": dict(order), "files": dict(files), "limits": asdict(limits)})
    child = subprocess.Popen(
        [sys.executable, "-I", "-c", BOOT, str(BASE), module, job],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        pass_fds=tuple(files.values()),
        cwd="/",
        env={"LC_ALL": "C.UTF-8"},
        start_new_session=True,
    )
    try:
        yield child
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe:
                pipe.close()


def _listen(
    child: subprocess.Popen[bytes],
    deadline: float,
    limits: Limits,
    heard: Callable[[int | None], None],
) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for line in _lines(child, deadline, limits):
        message = json.loads(line) if line else {}
        if "progress" in message:
            heard(int(message["progress"]))
        else:
            heard(None)
            said.update(message)
    return said


def _lines(child: subprocess.Popen[bytes], deadline: float, limits: Limits) -> Iterator[bytes]:
    """Yield the child's lines as they come, and an empty one each second without."""
    pending = b""
    with selectors.DefaultSelector() as selector:
        out = child.stdout
        if out is None:
            return
        selector.register(out, selectors.EVENT_READ)
        while True:
            if time.monotonic() > deadline:
                raise ChildBrokenError(f"Reading the file took longer than {limits.seconds:g} seconds.")
            if not selector.select(min(TICK, max(0.0, deadline - time.monotonic()))):
                yield b""
                continue
            chunk = os.read(out.fileno(), 65536)
            if not chunk:
                return
            *whole, pending = (pending + chunk).split(b"\n")
            if len(pending) > LONGEST_LINE:
                raise ChildBrokenError("The file could not be read safely: its description has no end.")
            yield from whole


def _explain(code: int, limits: Limits, log: IO[bytes]) -> None:
    """Raise what an exit without a result means; exit codes of the job itself are left to the caller."""
    log.seek(0, os.SEEK_END)
    log.seek(max(0, log.tell() - 4000))
    logger.warning("media job ended with code %s: %s", code, log.read().decode(errors="replace"))
    if code >= 0:
        return
    number = signal.Signals(-code)
    if number == signal.SIGXCPU:
        raise ChildBrokenError(f"Reading the file took more than {limits.cpu_seconds} seconds of computing.")
    if number in FROM_OUTSIDE:
        raise ChildDiedError(f"The process that read the file was ended by {number.name}.")
    raise ChildBrokenError(f"Reading the file made the decoder crash ({number.name}).")
