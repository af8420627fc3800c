"""How much one person may send in all: bytes and files of loops and tracks together.

Whoever may everything owns the disk and is held to nothing; what comes without a person (commands, our own pictures) is
counted for nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.apps import apps
from django.conf import settings
from django.db.models import Count, Sum

from catalog.media.errors import MediaRefusedError

if TYPE_CHECKING:
    from accounts.people.models import User

SENT = ("catalog.Loop", "catalog.Track")
MIB = 1024 * 1024


class QuotaError(MediaRefusedError):
    """The person has sent as much as one may; nothing of the file was kept."""

    status: ClassVar[int] = 413
    title: ClassVar[str] = "You have sent as much as one may"


def used(person: User) -> tuple[int, int]:
    """Return how many bytes and how many files of a person are kept."""
    size = files = 0
    for label in SENT:
        found = apps.get_model(label).objects.filter(uploaded_by=person).aggregate(sum=Sum("size"), count=Count("pk"))
        size, files = size + (found["sum"] or 0), files + found["count"]
    return size, files


def check(person: User | None, adding: int) -> None:
    """See that a file of ``adding`` bytes fits, before anything costly is done about it.

    Raises:
        QuotaError: it does not; the sentence says how much there is.

    """
    if person is None or person.is_superuser:
        return
    size, files = used(person)
    most_bytes, most_files = settings.UPLOAD_QUOTA_BYTES, settings.UPLOAD_QUOTA_FILES
    if most_files and files >= most_files:
        raise QuotaError(
            f"You have sent {files} files, the most one may. Remove some, then send it again.", field="file"
        )
    if most_bytes and size + adding > most_bytes:
        raise QuotaError(
            f"It has {_mib(adding)} MiB; of your {_mib(most_bytes)} MiB {_mib(max(0, most_bytes - size))} are left. "
            "Remove something, then send it again.",
            field="file",
        )


def hold(person: User | None, adding: int) -> None:
    """Check again where the row is made: a person's uploads pass here one after another, until the transaction ends.

    Raises:
        QuotaError: another upload was quicker, and this one does not fit any more.

    """
    if person is None or person.is_superuser:
        return
    type(person).objects.select_for_update().get(pk=person.pk)
    check(person, adding)


def _mib(size: int) -> int:
    return -(-size // MIB)
