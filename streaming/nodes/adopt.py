"""Finds the encoder that is on air already, takes it over, or clears it away. Never two of one station.

An encoder holds a lock on its folder for as long as it lives, so the lock says whether one lives; its socket says
whether it listens; the system tells who is at the socket's other end, and who was started with the folder's spec.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from streaming.nodes import process as processes
from streaming.nodes.folder import EncoderFolder, read_json
from streaming.nodes.link import Json, Link, LinkError

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 5.0
STEP = 0.05


class StillOccupiedError(RuntimeError):
    """An old encoder could not be ended, so no new one may start."""


@dataclass(frozen=True)
class Adopted:
    """An encoder on air that we took over."""

    run: UUID
    link: Link
    hello: Json
    process: processes.Found


def adopt(
    folder: EncoderFolder,
    *,
    since: Callable[[UUID | None], int],
    deliver: Callable[[Link, Json], None],
    closed: Callable[[Link, str], None],
) -> Adopted | None:
    """Take over the encoder that lives in this folder; ``None`` if none does, or it does not answer.

    ``since`` tells up to which fact of a run (as far as the files name it) all is stored.
    """
    if not folder.occupied():
        return None
    link = Link(folder.socket, deliver, closed)
    try:
        hello = link.greet(since(noted_run(folder)))
        run = UUID(str(hello.get("run")))
    except LinkError:
        return None
    except ValueError:
        link.close()
        return None
    process = processes.find(link.peer_pid() or int(hello.get("pid", 0)))
    if process is None:
        link.close()
        return None
    return Adopted(run, link, hello, process)


def clear_away(folder: EncoderFolder, seconds: float = PATIENCE) -> None:
    """Kill whatever encoder lives in this folder and wait until it is gone.

    Raises:
        StillOccupiedError: the lock is still held after ``seconds``.

    """
    deadline = time.monotonic() + seconds
    while folder.occupied():
        for process in processes.find_by_spec(folder.spec):
            process.kill()
            process.wait(max(STEP, deadline - time.monotonic()))
        if time.monotonic() > deadline:
            raise StillOccupiedError(
                f"An encoder holds {folder.lock} and cannot be ended: look for it with 'fuser {folder.lock}'.",
            )
        if folder.occupied():
            time.sleep(STEP)  # the system frees a dead process's locks by and by; nothing announces it


def noted_run(folder: EncoderFolder) -> UUID | None:
    """Return the run that was last started here, as the node noted it."""
    try:
        return UUID(str((read_json(folder.process) or {}).get("run")))
    except ValueError:
        return None
