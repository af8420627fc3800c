"""Uploads as files, for code that reads paths."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import TemporaryUploadedFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.files.uploadedfile import UploadedFile


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
