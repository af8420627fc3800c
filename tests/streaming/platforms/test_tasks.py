"""Beat hands out what is due, and nothing else; what is old goes."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from config.celery import app
from streaming.platforms import connecting, tasks
from streaming.platforms.claims import claimed
from streaming.platforms.models import DeviceLogin, Kind, PlatformAccount
from tests.streaming.platforms.cast import plan_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch):
    found: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(app, "send_task", lambda name, args, **_: found.append((name, args)))
    return found


def test_every_account_with_a_plan_and_every_code_that_is_due_is_handed_out(account, station, streamer, youtube, sent):
    plan_at(account, station)
    login = connecting.begin_login(platform=Kind.YOUTUBE, created_by=None)
    tasks.look()
    assert sent == [("streaming.platforms.round", [str(account.pk)])]
    DeviceLogin.objects.update(next_poll_at=timezone.now())
    sent.clear()
    tasks.look()
    assert sent[1] == ("streaming.platforms.poll_login", [str(login.pk)])
    assert {name for name, _ in sent} <= app.tasks.keys(), "a name that no worker knows"


def test_what_somebody_works_on_or_must_wait_is_left_alone(account, station, sent):
    plan_at(account, station)
    with claimed(account.pk):
        tasks.look()
    PlatformAccount.objects.update(waits_until=timezone.now() + timedelta(minutes=1))
    tasks.look()
    assert sent == []


def test_a_claim_whose_worker_died_runs_out(account):
    PlatformAccount.objects.update(claim=account.pk, claimed_until=timezone.now() - timedelta(seconds=1))
    with claimed(account.pk) as mine, claimed(account.pk) as other:
        assert (mine, other) == (account, None)


def test_the_round_is_done_by_the_task(account, station, youtube):
    plan = plan_at(account, station)
    tasks.platform_round(str(account.pk))
    plan.refresh_from_db()
    assert plan.stream_id in youtube.streams


def test_beat_knows_the_tasks():
    names = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    ours = {name for name in map(str, names) if name.startswith("streaming.platforms.")}
    assert ours == {"streaming.platforms.look", "streaming.platforms.forget"}
    assert ours <= app.tasks.keys()


def test_pictures_that_no_plan_shows_go_after_a_day(account, station):
    plan = plan_at(account, station)
    shown, old, new = (default_storage.save("platforms/x.jpg", ContentFile(b"x")) for _ in range(3))
    plan.thumbnail = shown
    plan.save()
    for name in (shown, old):
        long_ago = (timezone.now() - timedelta(days=2)).timestamp()
        os.utime(default_storage.path(name), (long_ago, long_ago))
    tasks.forget()
    assert [default_storage.exists(name) for name in (shown, old, new)] == [True, False, True]
    for name in (shown, new):
        default_storage.delete(name)
