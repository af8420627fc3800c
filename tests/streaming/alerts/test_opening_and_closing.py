"""An alert is open once, whoever says it and however often, and is told to whom it concerns."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from streaming.alerts import queries
from streaming.alerts.models import Alert, AlertChannel, AlertMessage
from streaming.alerts.services import close_alert, open_alert
from tests.factories import make_station

pytestmark = pytest.mark.django_db
GONE = {"kind": "node-gone", "subject": "node:one"}


def say(**fields) -> Alert:
    return open_alert(**{**GONE, "severity": "error", "sentence": "Node one is silent.", **fields})


def channel(name="Night desk", **fields) -> AlertChannel:
    return AlertChannel.objects.create(name=name, **{"kind": "discord", **fields})


def test_the_same_thing_said_again_renews_the_one_alert():
    station = make_station()
    first = say(severity="warning")
    again = say(severity="critical", sentence="Node one is silent, night-fm with it.", station=station)

    row = Alert.objects.get()
    assert row.pk == first.pk == again.pk
    assert (row.severity, row.sentence) == ("critical", "Node one is silent, night-fm with it.")
    assert row.station == station
    assert row.seen_at > first.seen_at
    assert row.opened_at == first.opened_at


def test_it_belongs_to_its_station_when_said_again_without():
    station = make_station()
    say(station=station)
    assert say().station == station


def test_other_kinds_and_other_subjects_are_other_alerts():
    say()
    say(kind="no-node-for-station")
    say(subject="node:two")
    assert queries.open_alerts().count() == 3


def test_a_severity_that_is_none_is_refused():
    with pytest.raises(ValueError, match="terrible"):
        say(severity="terrible")


def test_what_is_over_is_closed_once_and_may_come_again():
    first = say()
    closed = close_alert(**GONE)
    assert closed is not None
    assert closed.pk == first.pk
    assert not closed.is_open
    assert close_alert(**GONE) is None
    assert say().pk != first.pk
    assert Alert.objects.count() == 2


def test_the_worst_comes_first():
    say(subject="node:one", severity="warning")
    say(subject="node:two", severity="critical")
    say(subject="node:three", severity="error")
    assert [alert.subject for alert in queries.open_alerts()] == ["node:two", "node:three", "node:one"]


def test_each_channel_is_told_once_of_what_it_wants():
    all_of_it = channel("All", least="warning")
    channel("Only the worst", least="critical")
    channel("Switched off", least="warning", enabled=False)

    say(severity="error")
    say(severity="error")

    assert [m.channel for m in AlertMessage.objects.all()] == [all_of_it]


def test_a_channel_for_the_worst_is_told_when_it_gets_worse():
    worst = channel("Only the worst", least="critical")
    say(severity="warning")
    assert not AlertMessage.objects.exists()
    say(severity="critical")
    say(severity="critical")
    assert [m.channel for m in AlertMessage.objects.all()] == [worst]


def test_only_who_heard_of_it_hears_of_its_end():
    heard, not_yet, never = channel("Heard", least="warning"), channel("Not yet", least="warning"), channel("Never")
    say(severity="warning")
    AlertMessage.objects.filter(channel=heard).update(tries=1)
    close_alert(**GONE)

    assert AlertMessage.objects.filter(closing=True).get().channel == heard
    assert AlertMessage.objects.filter(channel=not_yet).get().closing is False
    assert not never.messages.exists()


def test_the_task_is_called_when_the_alert_is_kept_and_not_before(django_capture_on_commit_callbacks):
    channel()
    with django_capture_on_commit_callbacks() as calls:
        say()
    assert len(calls) == 1
    with django_capture_on_commit_callbacks() as calls:
        say()
    assert calls == []


@pytest.mark.django_db(transaction=True)
def test_nothing_is_told_of_an_alert_that_was_rolled_back():
    channel()
    with transaction.atomic():
        say()
        transaction.set_rollback(True)
    assert not Alert.objects.exists()
    assert not AlertMessage.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_who_open_and_close_at_once_never_make_a_second_open_one():
    channel()
    together, failed, most = threading.Barrier(6), [], []

    def work(closes: bool) -> None:
        try:
            together.wait()
            for _ in range(15):
                close_alert(**GONE) if closes else say()
                most.append(Alert.objects.filter(closed_at=None).count())
        except Exception as error:  # noqa: BLE001 - handed to the test's own thread
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[n % 3 == 0]) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert max(most) == 1
    assert AlertMessage.objects.filter(closing=False).count() == Alert.objects.count()
