"""What people see and the log keeps: every line of every part, under its name.

The log file is JSON lines, 100 MB and ten old ones; ``up`` is its only writer, so turning it over loses nothing.
"""

from __future__ import annotations

import json
import logging.handlers
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 100 * 1024 * 1024
KEPT = 10


class Console:
    """Writes to the terminal and to the log file."""

    def __init__(self, log: Path | None) -> None:
        """``log``: the file, or None for the terminal only."""
        self._terminal = True
        self._log = logging.getLogger("longwave.up")
        self._log.propagate = False
        self._log.setLevel(logging.INFO)
        if log is not None:
            log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._log.addHandler(
                logging.handlers.RotatingFileHandler(log, maxBytes=LARGEST, backupCount=KEPT, encoding="utf-8"),
            )

    def say(self, sentence: str) -> None:
        """Tell something of our own; for the person who watches, and for the log."""
        self._show(sentence)
        self.keep(sentence)

    def keep(self, sentence: str) -> None:
        """Write something of our own to the log only."""
        self._keep("up", sentence)

    def tell(self, sentence: str) -> None:
        """Tell a secret: to the terminal, never to the log."""
        self._show(sentence)

    def line(self, name: str, line: str, *, quiet: bool = False) -> None:
        """Pass on a line that a part wrote."""
        if not quiet:
            self._show(f"{name:<8} | {line}")
        self._keep(name, line)

    def _keep(self, name: str, line: str) -> None:
        if line.startswith("{") and line.endswith("}"):
            self._log.info("%s", line)  # structured already
            return
        now = datetime.now(UTC).isoformat()
        self._log.info("%s", json.dumps({"event": line, "part": name, "timestamp": now}, ensure_ascii=False))

    def _show(self, text: str) -> None:
        if not self._terminal:
            return
        try:
            sys.stdout.write(f"{text}\n")
            sys.stdout.flush()
        except OSError:
            # The terminal or the pipe's reader went away; the log file has everything, and the radio goes on.
            self._terminal = False
