"""Ties a program's life to its parent's: ``python leash.py SIGNAL PARENT [--as UID] COMMAND …``.

It asks the kernel for SIGNAL when the parent dies (PR_SET_PDEATHSIG, kept across exec), then becomes COMMAND.
Where the kernel has no such thing (macOS) the program runs without; the next start finds it by its pid file.
The parent must start it from its main thread: the signal is sent when the thread that forked ends.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from signal import Signals

PR_SET_PDEATHSIG = 1
PARENT_GONE = 70


def leashed(command: Sequence[str], *, signal: Signals, uid: int | None = None) -> list[str]:
    """Return the argument list that runs ``command`` as our child and sends it ``signal`` when we die.

    ``uid``: run as this user and group, without any further groups (only for root).
    """
    identity = [] if uid is None else ["--as", str(uid)]
    # -I -S: neither the environment nor site-packages matter here, and it starts in 15 ms.
    head = [sys.executable, "-I", "-S", str(Path(__file__)), str(int(signal)), str(os.getpid()), *identity]
    return [*head, *command]


def main(arguments: list[str]) -> None:
    """Become the command; ends with 70 if the parent died before the kernel knew of the wish."""
    signal, parent, command = int(arguments[0]), int(arguments[1]), arguments[2:]
    if command[0] == "--as":
        _become(int(command[1]))
        command = command[2:]
    if sys.platform == "linux":
        # A change of user clears the wish, so it comes after.
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(PARENT_GONE)
    os.execvp(command[0], command)  # noqa: S606 - an argument list, no shell


def _become(uid: int) -> None:
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)


if __name__ == "__main__":
    main(sys.argv[1:])
