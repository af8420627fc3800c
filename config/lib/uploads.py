"""Uploads as files, for code that reads paths."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.core.files.uploadedfile import UploadedFile
    from django.http import HttpRequest

    from config.lib.problem import LongwaveError


@contextlib.contextmanager
def on_disk(upload: UploadedFile[Any]) -> Iterator[Path]:
    """Give the file Django spooled an upload to, or a temporary copy of a small one, for as long as the block runs."""
    if isinstance(upload, TemporaryUploadedFile):
        yield Path(upload.temporary_file_path())
        return
    with tempfile.NamedTemporaryFile(prefix="longwave-upload-") as copy:
        shutil.copyfileobj(upload, copy)
        copy.flush()
        yield Path(copy.name)


class CappedUpload(TemporaryFileUploadHandler):
    """Spools an upload to disk and stops at a limit, whatever length the request promised."""

    def __init__(self, request: HttpRequest, *, most: int, too_large: Callable[[], LongwaveError]) -> None:
        """Take the most bytes a file may have, and what makes the error for one that has more."""
        super().__init__(request)
        self._most, self._too_large = most, too_large

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write a chunk.

        Raises:
            LongwaveError: the file passes the limit.

        """
        if start + len(raw_data) > self._most:
            raise self._too_large()
        super().receive_data_chunk(raw_data, start)
