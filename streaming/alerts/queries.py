"""Reads of alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Case, IntegerField, Value, When

from streaming.alerts.models import Alert, AlertChannel, Severity

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST_SHOWN = 20


def open_alerts() -> QuerySet[Alert]:
    """Return what is wrong now, worst first, then oldest."""
    ranks = [When(severity=word, then=Value(rank)) for rank, word in enumerate(Severity.values)]
    rank = Case(*ranks, default=Value(len(ranks)), output_field=IntegerField())
    return Alert.objects.filter(closed_at=None).annotate(rank=rank).order_by("-rank", "opened_at")


def broken_channels() -> QuerySet[AlertChannel]:
    """Return the channels that cannot be told: what was tried last failed."""
    return AlertChannel.objects.exclude(last_error="")
