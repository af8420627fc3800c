"""The record is kept for so many days, and without the names of people who are gone."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.audit import acting, forgetting
from accounts.audit.models import Change, SecurityEvent
from accounts.audit.services import note
from tests.factories import make_station, make_user

pytestmark = pytest.mark.django_db


def test_what_is_older_than_it_is_kept_goes_in_batches(settings, monkeypatch):
    settings.AUDIT_KEEP_DAYS = 30
    monkeypatch.setattr(forgetting, "BATCH", 3)
    old, new = timezone.now() - timedelta(days=31), timezone.now() - timedelta(days=29)
    Change.objects.bulk_create(
        [Change(at=old, action="insert", kind="x", object_id=str(n), together=1) for n in range(8)]
    )
    SecurityEvent.objects.bulk_create([SecurityEvent(at=at, kind="sign_in", outcome="done") for at in (old, new)])
    kept = Change.objects.filter(at__gt=old).count()
    assert forgetting.forget_old() == 9
    assert Change.objects.count() == kept
    assert SecurityEvent.objects.get(kind="sign_in").at == new


def test_of_a_deleted_person_the_record_keeps_what_was_done_and_not_whose_it_was():
    person = make_user("before@example.org")
    person.email, person.phone = "ana@example.org", "+628123456789"
    person.save()
    with acting.acting("console", who="ana@example.org"):
        make_station()
    note("sign_in", person=person)
    key = person.pk
    person.delete()
    forgetting.forget_person(key=key, addresses={"ana@example.org"}, phone="", name="gone-1")
    everything = json.dumps([*Change.objects.values(), *SecurityEvent.objects.values()], default=str)
    assert "ana@example.org" not in everything
    assert "before@example.org" not in everything
    assert "+628123456789" not in everything
    assert Change.objects.get(kind="streaming.station").who == "gone-1"
    assert SecurityEvent.objects.get(kind="sign_in").who == "gone-1"
    about = Change.objects.filter(kind="accounts.user", object_id=str(key))
    assert set(about.values_list("action", flat=True)) == {"insert", "update", "delete"}
