"""Challenges that are over."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from accounts.signin.models import PhoneChallenge

KEPT = timedelta(days=1)
BATCH = 1000


def forget() -> int:
    """Delete challenges that ended a day ago, a batch at a time; return how many."""
    ended = PhoneChallenge.objects.filter(expires_at__lt=timezone.now() - KEPT)
    deleted = 0
    while batch := list(ended.values_list("pk", flat=True)[:BATCH]):
        deleted += PhoneChallenge.objects.filter(pk__in=batch).delete()[0]
    return deleted
