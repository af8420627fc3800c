"""The run's facts on disk: numbered, one JSON object a line, written before anyone is told."""

from __future__ import annotations

import errno
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from streaming.playout.errors import StationTakenError


class Journal:
    """Append-only file ``journal-<run>.jsonl``; ``written`` is the last fact that the disk took or refused.

    Facts that cannot be written (a full disk) are kept in memory and written with the next one, in order.
    """

    def __init__(self, folder: Path, run: str) -> None:
        """Open or create the run's journal."""
        self.path = folder / f"journal-{run}.jsonl"
        self._file = self.path.open("ab")
        self._owed: list[bytes] = []
        self.sequence = self.written = sum(1 for _ in read_journal(self.path))

    def append(self, fact: dict[str, Any]) -> OSError | None:
        """Number the fact (adds ``seq``), write it and flush it to the disk.

        Returns:
            the error if the disk does not take it now; the fact is then owed, not lost.

        """
        self.sequence += 1
        fact["seq"] = self.sequence
        try:
            return self._put(fact)
        finally:
            self.written = self.sequence

    def _put(self, fact: dict[str, Any]) -> OSError | None:
        self._owed.append(json.dumps(fact, separators=(",", ":")).encode() + b"\n")
        try:
            while self._owed:
                self._write(self._owed[0])
                self._owed.pop(0)
            os.fdatasync(self._file.fileno()) if hasattr(os, "fdatasync") else os.fsync(self._file.fileno())
        except OSError as error:
            return error
        return None

    def since(self, sequence: int) -> Iterator[dict[str, Any]]:
        """Give every fact after ``sequence``, from the disk and from what is owed to it."""
        for fact in read_journal(self.path):
            if fact["seq"] > sequence:
                yield fact
        for line in list(self._owed):
            fact = json.loads(line)
            if fact["seq"] > sequence:
                yield fact

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, line: bytes) -> None:
        """Write a whole line or nothing: what a full disk cut off is taken back."""
        start = os.fstat(self._file.fileno()).st_size
        if os.write(self._file.fileno(), line) != len(line):
            os.ftruncate(self._file.fileno(), start)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def read_journal(path: Path) -> Iterator[dict[str, Any]]:
    """Read a journal; a last line cut short by a crash is passed over."""
    with path.open("rb") as lines:
        for line in lines:
            if line.endswith(b"\n"):
                yield json.loads(line)


def lock_station(folder: Path) -> int:
    """Take the station for this process until it ends; returns the descriptor that holds the lock.

    Raises:
        StationTakenError: another process has it.

    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise StationTakenError(f"Another process plays this station: {folder / 'lock'} is locked.") from error
    os.ftruncate(handle, 0)
    os.write(handle, str(os.getpid()).encode())
    return handle
