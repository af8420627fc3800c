"""Keeps media files: received whole, moved into the storage in one step, read back as local paths."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage

from catalog.media.errors import MediaMissingError, MediaRefusedError, MediaTooLargeError, StorageFullError

CHUNK = 1024 * 1024
# EFBIG is what a process's own file size limit says, EDQUOT a user's quota: to the sender both mean "no room".
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True)
class Received:
    """A private copy of what was sent: nobody changes it between the check and the storing."""

    path: Path
    sha256: str
    size: int


class _Movable(File):  # type: ignore[type-arg]  # generic in the stubs only
    """A file that a folder storage may move into place instead of copying."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.open("rb"), name=path.name)
        self._path = path

    def temporary_file_path(self) -> str:
        """Return where the bytes lie now."""
        return str(self._path)


def work_folder() -> Path:
    """Return the folder for files in the making, on the same disk as a folder storage."""
    folder: Path = settings.PLACES.cache / "work"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


@contextmanager
def no_room_is_said(what: str) -> Iterator[None]:
    """Turn the errors of a full disk into a sentence.

    Raises:
        StorageFullError: in place of them.

    """
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        message = f"There is no room to store {what}. Free some disk space and try again."
        raise StorageFullError(message) from error


@contextmanager
def received(path: Path, *, most: int, refusal: type[MediaRefusedError]) -> Iterator[Received]:
    """Copy a sent file of at most ``most`` bytes into the work folder, and remove the copy afterwards.

    Raises:
        MediaRefusedError: it has no byte; the kind that ``refusal`` says.
        MediaTooLargeError: it has more than ``most``.
        StorageFullError: the disk is full.

    """
    copy = work_folder() / f"{uuid4()}.received"
    try:
        with no_room_is_said("the file"), path.open("rb") as source:
            digest, size = _copy(source, copy, most)
        if size == 0:
            raise refusal("The file is empty. Send it again.", field="file")
        yield Received(copy, digest, size)
    finally:
        copy.unlink(missing_ok=True)


def store(path: Path, name: str) -> str:
    """Move a finished file into the storage under ``name``, whole or not at all, and return the name it got.

    Raises:
        StorageFullError: there is no room.

    """
    with path.open("rb+") as handle:
        os.fsync(handle.fileno())
    try:
        with no_room_is_said("the file"), _Movable(path) as content:
            return default_storage.save(name, content)
    except BaseException:
        default_storage.delete(name)
        raise
    finally:
        path.unlink(missing_ok=True)  # an object store got a copy, a folder the file itself


def remove(*names: str) -> None:
    """Delete files from the storage; empty names are passed over."""
    for name in names:
        if name:
            default_storage.delete(name)


def local_path(name: str, *, size: int, cached_as: str, alive: Callable[[], None] = lambda: None) -> Path:
    """Return an absolute local path of a stored file, fetched into the cache if the storage is not a folder.

    Args:
        name: the name in the storage.
        size: bytes it must have.
        cached_as: its name below the cache folder, unique for this content.
        alive: called now and then while bytes arrive.

    Raises:
        MediaMissingError: the storage has no such file, or one of another size.

    """
    path = folder_path(name)
    if path is None:
        path = settings.PLACES.cache / cached_as
        if not _whole(path, size):
            _fetch(name, path, alive)
    if not _whole(path, size):
        raise MediaMissingError(f"The stored file {name} is missing or damaged. Restore it or upload the file again.")
    return path


def forget_copy(cached_as: str) -> None:
    """Remove this machine's copy of a stored file, if it has one; see :func:`local_path`."""
    (settings.PLACES.cache / cached_as).unlink(missing_ok=True)


def folder_path(name: str) -> Path | None:
    """Return where a folder storage keeps a file; none if the storage is not a folder."""
    try:
        return Path(default_storage.path(name)).resolve()
    except NotImplementedError:
        return None


def _whole(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except FileNotFoundError:
        return False


def _fetch(name: str, path: Path, alive: Callable[[], None]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f"{path.name}.{uuid4()}.part")
    try:
        with no_room_is_said("a copy of the file"), default_storage.open(name) as source, part.open("wb") as target:
            while chunk := source.read(CHUNK):
                target.write(chunk)
                alive()
        part.replace(path)
    except FileNotFoundError as error:
        raise MediaMissingError(f"The stored file {name} is missing. Upload the file again.") from error
    finally:
        part.unlink(missing_ok=True)


def _copy(source: BinaryIO, target: Path, most: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with target.open("xb") as out:
        while chunk := source.read(CHUNK):
            size += len(chunk)
            if size > most:
                message = f"The file has more than {most // 1024 // 1024} MiB, the most an upload may have."
                raise MediaTooLargeError(message, field="file")
            digest.update(chunk)
            out.write(chunk)
    return digest.hexdigest(), size
