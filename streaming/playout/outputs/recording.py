"""A recording on disk: files of equal length, cut at keyframes, each whole before it gets its name."""

from __future__ import annotations

import fcntl
import logging
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from av.error import FFmpegError

from streaming.playout.errors import OutputError
from streaming.playout.outputs.base import Output, Surroundings
from streaming.playout.outputs.mp4 import Mp4File, cut_to_whole, seconds_of
from streaming.playout.spec import RecordingSpec
from streaming.playout.units import Kind, StreamFormat, Unit

log = logging.getLogger(__name__)
STARVED = 5.0
PROVEN_AFTER_S = 30.0
NAME = "%Y-%m-%dT%H-%M-%SZ"
RESERVE, RESERVE_SHARE = 256 << 20, 20
"""Bytes that are left free on the disk, or a twentieth of it if that is less: the station needs some to go on."""


class PartFile:
    """A file under a hidden name, locked by whoever writes it; :meth:`finish` gives it its name."""

    def __init__(self, path: Path) -> None:
        """Open or create it.

        Raises:
            BlockingIOError: somebody writes it.
            OSError: it cannot be opened.

        """
        self.path = path
        self.file: BinaryIO = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0)
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.file.close()
            raise

    @classmethod
    def begin(cls, folder: Path, at: float) -> PartFile:
        """Create one that is named for an instant; one already so named is left alone."""
        stem = datetime.fromtimestamp(at, UTC).strftime(NAME)
        names = [f"{stem}.mp4", *(f"{stem}-{number}.mp4" for number in range(2, 100))]
        free = next(name for name in names if not (folder / name).exists() and not (folder / f".{name}.part").exists())
        return cls(folder / f".{free}.part")

    @property
    def name(self) -> str:
        """Its name once it is finished."""
        return self.path.name.removeprefix(".").removesuffix(".part")

    @property
    def started_at(self) -> float:
        """When it was begun, as its name says."""
        stem = self.name[: len("2026-01-01T00-00-00Z")]
        try:
            return datetime.strptime(stem, NAME).replace(tzinfo=UTC).timestamp()
        except ValueError:
            return self.path.stat().st_mtime

    def finish(self) -> tuple[float, int] | None:
        """Have it on disk whole and under its name; returns (seconds, bytes), None where there was nothing in it."""
        with self.file:
            cut_to_whole(self.file)
            seconds = seconds_of(self.file)
            if seconds is None:
                self.path.unlink()
                return None
            size = os.fstat(self.file.fileno()).st_size
            with suppress(OSError):  # a disk that is full of errors: what is there is better than nothing
                os.fsync(self.file.fileno())
            self.path.rename(self.path.with_name(self.name))
        return seconds, size


class Segment:
    """A file that is being recorded."""

    def __init__(self, folder: Path, form: StreamFormat, key: Unit, sound: Unit) -> None:
        """Begin with a keyframe."""
        self.part = PartFile.begin(folder, time.time())
        self.began = time.time()
        try:
            self.mp4 = Mp4File(self.part.file, form, key, sound)
        except BaseException:
            self.part.file.close()
            self.part.path.unlink()
            raise


class RecordingOutput(Output):
    """Writes one file after another."""

    spec: RecordingSpec
    networked = False
    most_ms = 20_000
    """Nobody waits for a recording, and disks that are busy stand still for longer than lines."""

    def __init__(self, spec: RecordingSpec, around: Surroundings) -> None:
        """Prepare; :meth:`start` begins to write."""
        super().__init__(spec, around)
        self._segment: Segment | None = None
        self._ending: Segment | None = None
        """The file before, that still gets the sound that belongs to its last pictures."""

    def run(self) -> None:
        """Write until the queue is closed; whatever happens, what was written is given its name."""
        folder = self.spec.folder
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o750)
            self._tidy()
            self._check_room()
            self.came_up()
            while self._pump():
                pass
        except (FFmpegError, OSError) as error:
            raise OutputError(f"{folder} cannot be recorded to: {error.strerror or error}.") from error
        finally:
            self._end_all()

    def _tidy(self) -> None:
        """Finish what a run that was killed has left; what another thread still writes is left alone."""
        for path in sorted(self.spec.folder.glob(".*.mp4.part")):
            try:
                part = PartFile(path)
            except BlockingIOError:
                continue
            log.info("finishing %s, which an earlier run has left", part.name)
            self._finish(part, part.started_at)

    def _check_room(self) -> None:
        disk = os.statvfs(self.spec.folder)
        free, total = disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize
        if free < min(RESERVE, total // RESERVE_SHARE):
            raise OutputError(
                f"There is no room left to record: only {free >> 20} MB are free on the disk of {self.spec.folder}. "
                "Remove recordings or have them moved; recording goes on by itself.",
            )

    def _pump(self) -> bool:
        units = self.queue.take(STARVED)
        if not units:
            if self.queue.closed:
                return False
            raise OutputError("Nothing came from the encoder's clock; the recording was ended.")
        for place, unit in enumerate(units):
            if unit.key and unit.kind is Kind.VIDEO and self._cuts(unit, units[place:]):
                continue
            self._write(unit)
        return True

    def _cuts(self, key: Unit, rest: Sequence[Unit]) -> bool:
        """Begin a new file at this keyframe if it is time; True if the keyframe waits for sound to begin with."""
        self._check_room()
        now = self._segment
        if now is not None and now.mp4.seconds < self.spec.segment_s:
            return False
        sound = next((unit for unit in rest if unit.kind is Kind.AUDIO), None)
        if sound is None:
            return now is None
        self._end(self._ending)
        self._ending = now
        self._segment = None
        self._segment = Segment(self.spec.folder, self.format, key, sound)
        return False

    def _write(self, unit: Unit) -> None:
        segment, ending = self._segment, self._ending
        if segment is None:
            return
        if ending is not None:
            if segment.mp4.is_before(unit):
                ending.mp4.write(unit)
                return
            if unit.kind is Kind.AUDIO:
                self._ending = None
                self._end(ending)
        segment.mp4.write(unit)
        self.bytes += len(unit.data)
        if segment.mp4.seconds >= PROVEN_AFTER_S:
            self.proved()

    def _end_all(self) -> None:
        ending, segment = self._ending, self._segment
        self._ending = self._segment = None
        self._end(ending)
        self._end(segment)

    def _end(self, segment: Segment | None) -> None:
        if segment is None:
            return
        try:
            segment.mp4.close()
        except (FFmpegError, OSError) as error:
            log.warning("%s has no index (%s); it plays up to its last whole fragment", segment.part.name, error)
        self._finish(segment.part, segment.began)

    def _finish(self, part: PartFile, started_at: float) -> None:
        """Give a file its name and tell of it; one that cannot be finished now is finished at the next start."""
        try:
            found = part.finish()
        except OSError as error:
            log.warning("%s cannot be finished: %s", part.name, error)
            return
        if found is not None:
            seconds, size = found
            fields = {"output": self.spec.id, "file": part.name, "started_at": started_at}
            self._around.recorded({**fields, "seconds": round(seconds, 3), "bytes": size})
