"""What the supervisor needs to know of a program it runs."""

from __future__ import annotations

import signal
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from signal import Signals


@dataclass(frozen=True)
class Part:
    """One program.

    Attributes:
        name: a word for people; also names its pid file.
        command: called before each start: prepares what must be so, returns the argument list.
        probe: whether it is ready, asked often and answered at once; None: it says so itself (config.lib.ready).
        environment: all of the program's environment.
        stop: signals to end it, each with the seconds it gets; SIGKILL to its group follows.
        renew: the same for one that is replaced while everything else goes on; empty: as in ``stop``.
        orphan: the signal that the kernel sends it when we die.
        once: it does something and ends; ready means that it ended with 0.
        essential: the start is given up when it fails; any other part is tried again, or let be if it runs once.
        quiet: its output goes to the log file only.
        pass_fds: file descriptors it inherits.
        uid: run as this user, for root only.

    """

    name: str
    command: Callable[[], list[str]]
    environment: Mapping[str, str]
    probe: Callable[[], bool] | None = None
    stop: tuple[tuple[Signals, float], ...] = ((signal.SIGTERM, 4.0),)
    renew: tuple[tuple[Signals, float], ...] = ()
    orphan: Signals = signal.SIGKILL
    once: bool = False
    essential: bool = False
    quiet: bool = False
    pass_fds: tuple[int, ...] = field(default=())
    uid: int | None = None
