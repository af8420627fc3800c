"""The files of one station's encoder: named by the station's id, which no editor can change.

The id also keeps the socket's path short enough for the operating system (``sun_path``).
"""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

PRIVATE = 0o700


@dataclass(frozen=True)
class EncoderFolder:
    """Where an encoder's spec, lock, journals and logs lie."""

    station: UUID

    @property
    def path(self) -> Path:
        """The folder itself."""
        return Path(settings.PLACES.encoders) / self.station.hex

    @property
    def socket(self) -> Path:
        """The encoder's unix socket."""
        return Path(settings.PLACES.run) / "encoders" / f"{self.station.hex}.sock"

    @property
    def spec(self) -> Path:
        """The spec of the running process; it holds stream keys."""
        return self.path / "spec.json"

    @property
    def process(self) -> Path:
        """Who runs: run and pid, written right after the start."""
        return self.path / "process.json"

    @property
    def lease(self) -> Path:
        """Whether the encoder that runs here has a deadline, for a node that cannot ask the database."""
        return self.path / "lease.json"

    @property
    def lock(self) -> Path:
        """Locked by the encoder for as long as it lives."""
        return self.path / "lock"

    def journal(self, run: UUID) -> Path:
        """The facts of one run."""
        return self.path / f"journal-{run}.jsonl"

    def log(self, run: UUID) -> Path:
        """The standard error of one run."""
        return self.path / f"log-{run}.txt"

    def make(self) -> None:
        """Create the folders, private to us."""
        self.path.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
        self.socket.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE)

    def runs(self) -> list[UUID]:
        """Return the runs that left a journal, oldest file first."""
        files = sorted(self.path.glob("journal-*.jsonl"), key=lambda file: file.stat().st_mtime_ns)
        return [run for file in files if (run := _uuid(file.stem.removeprefix("journal-"))) is not None]

    def traces(self) -> set[UUID]:
        """Return the runs that left any file: one that could not start has a log and no journal."""
        names = [
            file.stem.partition("-")[2] for kind in ("journal-*.jsonl", "log-*.txt") for file in self.path.glob(kind)
        ]
        return {run for name in names if (run := _uuid(name)) is not None}

    def occupied(self) -> bool:
        """Tell whether a process holds the lock, that is: whether an encoder of this station lives here."""
        try:
            handle = os.open(self.lock, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False

    def forget_run(self, run: UUID) -> None:
        """Remove what one run left: its facts are stored."""
        self.journal(run).unlink(missing_ok=True)
        self.log(run).unlink(missing_ok=True)


def every() -> Iterator[EncoderFolder]:
    """Yield the folders of all stations that ever ran here."""
    root = Path(settings.PLACES.encoders)
    if not root.is_dir():
        return
    for path in sorted(root.iterdir()):
        station = _uuid(path.name)
        if station is not None and path.is_dir():
            yield EncoderFolder(station)


def write_private(file: Path, content: dict[str, Any]) -> None:
    """Write JSON that only the owner reads, whole or not at all."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(content, out, ensure_ascii=False)
            out.flush()
            os.fsync(out.fileno())
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_json(file: Path) -> dict[str, Any] | None:
    """Read what :func:`write_private` wrote; ``None`` if there is none or it is not ours."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, UnicodeDecodeError, json.JSONDecodeError):
        return None
    return content if isinstance(content, dict) else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
