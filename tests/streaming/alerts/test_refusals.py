"""When doors are tried more often than people err, somebody is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.audit.models import SecurityEvent
from streaming.alerts.models import Alert
from streaming.alerts.refusals import RULES, watch_refusals

pytestmark = pytest.mark.django_db


def refused(kind: str, count: int, *, minutes_ago: float = 0, outcome: str = "refused") -> None:
    at = timezone.now() - timedelta(minutes=minutes_ago)
    SecurityEvent.objects.bulk_create([SecurityEvent(at=at, kind=kind, outcome=outcome) for _ in range(count)])


@pytest.mark.parametrize("kind", RULES)
def test_one_more_than_people_cause_by_mistake_opens_an_alert(kind):
    refused(kind, RULES[kind].most)
    watch_refusals()
    assert not Alert.objects.exists()
    refused(kind, 1)
    watch_refusals()
    alert = Alert.objects.get(closed_at=None)
    assert (alert.subject, alert.severity) == (f"security:{kind}", RULES[kind].severity)
    assert str(RULES[kind].most + 1) in alert.sentence


def test_what_went_through_and_what_is_long_ago_is_not_counted():
    refused("sign_in", 100, outcome="done")
    refused("sign_in", 100, minutes_ago=11)
    watch_refusals()
    assert not Alert.objects.exists()


def test_it_is_over_when_they_stop(monkeypatch):
    refused("token_reused", 1, minutes_ago=9)
    watch_refusals()
    assert Alert.objects.filter(closed_at=None).exists()
    later = timezone.now() + timedelta(minutes=2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    watch_refusals()
    assert not Alert.objects.filter(closed_at=None).exists()
