"""One process at a time works for an account: claimed by a conditional UPDATE, given back or left to run out.

Whoever has the claim may refresh the account's token, so two processes never spend the same refresh token.
"""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from streaming.platforms.models import PlatformAccount

if TYPE_CHECKING:
    from collections.abc import Iterator

# Longer than the calls of a round together may take; a worker that died is replaced after it.
CLAIM = timedelta(minutes=5)


@contextmanager
def claimed(account_id: uuid.UUID) -> Iterator[PlatformAccount | None]:
    """Give the account as it is now, to this caller alone; None: somebody else works on it, or it is not connected."""
    now, mark = timezone.now(), uuid.uuid4()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    mine = PlatformAccount.objects.filter(free, pk=account_id, state=PlatformAccount.State.CONNECTED)
    if not mine.update(claim=mark, claimed_until=now + CLAIM):
        yield None
        return
    try:
        yield PlatformAccount.objects.filter(pk=account_id, claim=mark).first()
    finally:
        PlatformAccount.objects.filter(pk=account_id, claim=mark).update(claim=None, claimed_until=None)
