"""How long the record is kept, and what becomes of a person's name in it when the person goes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.audit.models import Change, SecurityEvent

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

BATCH = 5000
MOST_BATCHES = 200
"""A million rows of a table in one run at most; the next run takes up what is left."""
GUARDS = ("accounts.Change:append_only", "accounts.SecurityEvent:append_only", "accounts.SecurityEvent:unchanged")
OF_A_PERSON = ("accounts.user", "accounts.profile", "accounts.personaddress", "accounts.secondfactor")


def forget_old() -> int:
    """Delete what is older than ``AUDIT_KEEP_DAYS``, in short transactions; returns how many rows went."""
    before = timezone.now() - timedelta(days=settings.AUDIT_KEEP_DAYS)
    return sum(_forget(table, before) for table in (Change, SecurityEvent))


@transaction.atomic
def forget_person(*, key: UUID, addresses: Iterable[str], phone: str, name: str) -> None:
    """Leave what was done and take out who it was; call it after the person's row is deleted.

    Args:
        key: the person's id, which stays: it says that two acts were one person's, and no longer whose.
        addresses: the e-mail addresses that are known; earlier ones are found in the record itself.
        phone: the number, or empty.
        name: what stands in place of all of them.

    """
    about = Change.objects.filter(kind__in=OF_A_PERSON, object_id=str(key))
    known = {*addresses, phone, *_earlier(about)} - {""}
    with pgtrigger.ignore(*GUARDS):
        SecurityEvent.objects.filter(who__in=known).update(who=name, ip=None, agent="", detail={})
        Change.objects.filter(Q(person=key) | Q(who__in=known)).update(who=name, ip=None)
        for change in about.only("id", "changes"):
            change.changes = dict.fromkeys(change.changes, "hidden")
            change.object_name = name
            change.save(update_fields=["changes", "object_name"])


def _earlier(about: Iterable[Change]) -> set[str]:
    """Return the addresses and numbers that a person ever had, as far as the record goes back."""
    told = (change.changes.get(column) for change in about for column in ("email", "phone"))
    return {text for pair in told if isinstance(pair, list) for text in pair if text}


def _forget(table: type[Change | SecurityEvent], before: datetime) -> int:
    gone = 0
    for _ in range(MOST_BATCHES):
        with transaction.atomic(), pgtrigger.ignore(*GUARDS):
            old = table.objects.filter(at__lt=before).order_by("at").values_list("pk", flat=True)[:BATCH]
            count = table.objects.filter(pk__in=list(old)).delete()[0]
        gone += count
        if count < BATCH:
            break
    return gone
