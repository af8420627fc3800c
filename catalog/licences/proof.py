"""The paper behind a licence: a PDF or a picture of it, kept as it came and only ever sent as a download."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import transaction

from catalog.licences.errors import LicenceInvalidError, ProofTooLargeError
from catalog.licences.models import Licence
from catalog.media.naming import display_name
from catalog.media.storing import no_room_is_said, store, work_folder

if TYPE_CHECKING:
    from pathlib import Path

    from django.core.files.uploadedfile import UploadedFile

MOST_BYTES = 10 * 1024 * 1024
KINDS = {b"%PDF-": ".pdf", b"\x89PNG\r\n\x1a\n": ".png", b"\xff\xd8\xff": ".jpg"}
TYPES = {".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg"}


def keep_proof(*, licence: Licence, upload: UploadedFile[bytes]) -> Licence:
    """Keep a file as a licence's proof, in place of the one before.

    Told by its first bytes, never by its name; stored under a name of ours.

    Raises:
        LicenceInvalidError: it is neither PDF nor PNG nor JPEG; ``field`` is "proof".
        ProofTooLargeError: more than 10 MB.
        StorageFullError: there is no room.

    """
    ending = _ending(upload)
    name = store(_on_disk(upload), f"licences/{uuid.uuid4()}{ending}")
    with transaction.atomic():
        row = Licence.objects.select_for_update().get(pk=licence.pk)
        old = str(row.proof_file.name or "")
        row.proof_file.name, row.proof_name = name, display_name(str(upload.name or ""))
        row.save(update_fields=["proof_file", "proof_name", "updated_at"])
        if old:
            transaction.on_commit(lambda: row.proof_file.storage.delete(old))
    licence.proof_file, licence.proof_name = row.proof_file, row.proof_name
    return row


def _ending(upload: UploadedFile[bytes]) -> str:
    if (upload.size or 0) > MOST_BYTES:
        raise ProofTooLargeError(
            f"A proof has at most {MOST_BYTES // 1024 // 1024} MB. Make it smaller.", field="proof"
        )
    upload.seek(0)
    head = upload.read(8)
    upload.seek(0)
    ending = next((ending for magic, ending in KINDS.items() if head.startswith(magic)), "")
    if not ending:
        raise LicenceInvalidError("A proof is a PDF, a PNG or a JPEG. Save it as one of these.", field="proof")
    return ending


def _on_disk(upload: UploadedFile[bytes]) -> Path:
    path = work_folder() / f"{uuid.uuid4()}.proof"
    with no_room_is_said("the proof"), path.open("xb") as out:
        for chunk in upload.chunks():
            out.write(chunk)
    return path
