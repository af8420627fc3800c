"""Transitions between two renditions, made by a process of its own so that the clock never waits for one.

The process (``catalog.visuals.inside.seam``) codes with the renditions' own encoder, from the frame where the old
picture is left to the new one's next GOP boundary. It is started when the first seam is wanted, stays while changes
are near, and ends by itself when idle or when this process goes. It runs at a low priority, and on one machine no more
seams are made at a time than there are cores: where many stations change at once some change by a cut, and what is
copied goes on.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streaming.playout.errors import SeamError, SeamLateError
from streaming.playout.slots import Slots
from streaming.playout.spec import TransitionSpec

log = logging.getLogger(__name__)
MODULE = "catalog.visuals.inside.seam"
LIMIT = 6.0
"""Seconds a seam may take; later it is of no use."""

PRIORITY = 10
"""How nice the process is: it gets what copying leaves."""

FIRST_GUESS = 1.0
SMOOTHING = 0.3


@dataclass(frozen=True)
class SeamOrder:
    """Leave ``old`` at or soon after display position ``at``, go over to ``new``'s first frame."""

    old: Path
    at: int
    new: Path
    transition: TransitionSpec


@dataclass(frozen=True)
class Seam:
    """A coded transition: the file, the position where ``old`` is left, and the frames of ``new`` it stands for."""

    path: Path
    leave_at: int
    frames: int


class Seamer:
    """Makes one seam at a time. Threads may call :meth:`make`; it blocks."""

    def __init__(self, folder: Path, profile: dict[str, Any]) -> None:
        """Keep seams in ``folder``, coded as ``profile`` (``Spec.profile``) says; nothing is started yet."""
        self._folder = folder
        self._profile = profile
        self._frame_rate: int = profile["frame_rate"]
        self._gop: int = profile["gop_frames"]
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._made = 0
        self._closed = False
        self._taken = FIRST_GUESS
        self._slots = Slots(folder.parent, "seam")

    @property
    def lead(self) -> float:
        """Seconds a seam asked for now will probably take."""
        return min(LIMIT, 0.2 + 1.3 * self._taken)

    def frames(self, transition: TransitionSpec) -> int:
        """Frames of the new picture that a transition stands for: up to its next GOP boundary."""
        return -(-self._mixed(transition) // self._gop) * self._gop

    def warm_up(self) -> None:
        """Start the process, so that the next seam does not wait for it."""
        with self._lock:
            if not self._closed:
                self._process()

    def make(self, order: SeamOrder, within: float = LIMIT) -> Seam:
        """Make a seam that is wanted ``within`` so many seconds; the caller removes its file.

        Raises:
            SeamLateError: others are being made on this machine, for too long.
            SeamError: it cannot be made, or not in time.

        """
        with self._lock:
            if self._closed:
                raise SeamError("The run ends.")
            self._made += 1
            out = self._folder / f"seam-{os.getpid()}-{self._made}.mp4"
            try:
                with self._slots.taken(within - self._taken) as taken:
                    if not taken:
                        raise SeamLateError("This machine makes other transitions.")
                    began = time.monotonic()
                    answer = self._ask(self._line(order, out))
            except OSError as error:
                raise SeamError(f"Its turn cannot be taken: {error}.") from error
            self._taken += SMOOTHING * (time.monotonic() - began - self._taken)
        if "error" in answer:
            out.unlink(missing_ok=True)
            raise SeamError(str(answer["error"]))
        return Seam(out, int(answer["leave_at"]), int(answer["frames"]))

    def close(self) -> None:
        """End the process."""
        self._closed = True
        child = self._child
        if child is not None:
            child.kill()
            child.wait()

    def _mixed(self, transition: TransitionSpec) -> int:
        """Frames in which both pictures are seen."""
        return max(1, transition.milliseconds * self._frame_rate // 1000)

    def _line(self, order: SeamOrder, out: Path) -> bytes:
        given = {
            "old": str(order.old),
            "at": order.at,
            "new": str(order.new),
            "kind": order.transition.kind,
            "mixed": self._mixed(order.transition),
            "frames": self.frames(order.transition),
            "profile": self._profile,
            "out": str(out),
        }
        return json.dumps(given).encode() + b"\n"

    def _ask(self, line: bytes) -> dict[str, Any]:
        """Send an order and wait for its answer; a process that does not give one in time is ended."""
        child = self._process()
        if child.stdin is None or child.stdout is None:
            raise SeamError("The seam process has no pipes.")
        late = threading.Event()

        def give_up() -> None:
            late.set()
            child.kill()

        watchdog = threading.Timer(LIMIT, give_up)
        watchdog.start()
        try:
            child.stdin.write(line)
            child.stdin.flush()
            answer = child.stdout.readline()
            return dict(json.loads(answer))
        except (OSError, ValueError) as error:
            child.kill()
            code = child.wait()
            if late.is_set():
                raise SeamLateError(f"A transition took more than {LIMIT:g} seconds: this machine is busy.") from error
            raise SeamError(f"The seam process ended with {code} before it had made the seam.") from error
        finally:
            watchdog.cancel()

    def _process(self) -> subprocess.Popen[bytes]:
        child = self._child
        if child is not None and child.poll() is None:
            return child
        command = [sys.executable, "-m", MODULE]
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        os.setpriority(os.PRIO_PROCESS, self._child.pid, PRIORITY)
        return self._child
