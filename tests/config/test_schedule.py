"""Beat's schedule goes on when the clock is set back, and runs nothing twice for it."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from celery import Celery
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from config.schedule import Scheduler
from tests.plugins.daemon import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sent(monkeypatch):
    """The names of the tasks that are sent, as they are sent."""
    names = []
    monkeypatch.setattr(Scheduler, "apply_async", lambda _, entry, **__: names.append(entry.name))
    return names


@pytest.fixture
def scheduler(sent):
    """A schedule of its own, with nothing in it but what a test adds."""
    PeriodicTask.objects.all().delete()
    app = Celery("test", broker="memory://", set_as_current=False)
    app.conf.update(timezone="UTC", beat_schedule={})
    one = Scheduler(app, lazy=True)
    one.setup_schedule = lambda: None
    yield one
    one._finalize.cancel()  # or it would store its schedule when Python ends


def _every(seconds, last_run):
    interval = IntervalSchedule.objects.create(every=seconds, period=IntervalSchedule.SECONDS)
    return PeriodicTask.objects.create(name="often", task="t", interval=interval, last_run_at=last_run)


def test_what_was_last_run_an_hour_from_now_runs_again_after_its_interval(scheduler, sent):
    _every(1, timezone.now() + timedelta(hours=1))
    assert scheduler.tick() <= 1
    assert sent == []
    wait_until(lambda: scheduler.tick() is not None and sent, within=10, what="the task")
    assert sent == ["often"]


def test_a_clock_that_is_set_back_while_it_runs_does_not_stop_it(scheduler, monkeypatch):
    _every(5, timezone.now())
    scheduler.tick()
    entry = scheduler.schedule["often"]
    entry.last_run_at = entry.model.last_run_at = timezone.now() + timedelta(hours=1)
    monkeypatch.setattr(scheduler, "_shown", time.time() + 3600)
    scheduler.tick()
    assert scheduler.schedule["often"].last_run_at <= timezone.now()


def test_a_clock_that_runs_on_leaves_the_past_alone(scheduler):
    _every(3600, timezone.now() - timedelta(minutes=10))
    scheduler.tick()
    last = scheduler.schedule["often"].last_run_at
    assert timedelta(minutes=9) < timezone.now() - last < timedelta(minutes=11)
