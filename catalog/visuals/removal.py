"""Whether a loop may go, and taking it away with its files: only what nothing shows."""

from __future__ import annotations

from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction

from catalog.visuals.errors import LoopInUseError
from catalog.visuals.models import Loop


def is_used(loop: Loop) -> bool:
    """Tell whether a station or a mapped track shows the loop, or Longwave drew it itself."""
    return bool(loop.builtin) or loop.default_of.exists() or loop.held_by.exists() or loop.mappings.exists()


@transaction.atomic
def remove_loop(*, loop: Loop) -> None:
    """Forget a loop and its renditions, and delete their files once that is committed.

    Raises:
        LoopInUseError: something shows it.

    """
    row = Loop.objects.select_for_update().get(pk=loop.pk)
    if is_used(row):
        raise LoopInUseError(f"“{row.name}” is still shown somewhere; its page says where. Choose another loop there.")
    files = [row.file.name, row.thumbnail.name, *(r.file.name for r in row.renditions.all())]
    row.delete()
    for name in filter(None, files):
        transaction.on_commit(partial(default_storage.delete, name))
