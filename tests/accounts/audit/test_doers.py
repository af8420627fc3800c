"""Whose doing a change was: people at the console and at the API, commands, tasks."""

from __future__ import annotations

import json

import pytest
from celery import shared_task

from accounts.audit import acting
from accounts.audit.models import Change
from tests.factories import enter, make_api_key, make_station, make_user

pytestmark = pytest.mark.django_db
CALLER = {"REMOTE_ADDR": "192.0.2.7"}


def newest() -> Change:
    return Change.objects.filter(kind="streaming.station")[0]


def test_somebody_at_the_console_is_named_with_address_and_path(client):
    person = make_user("ana@example.org", is_staff=True, is_superuser=True)
    enter(client, person)
    station = make_station()
    path = f"/admin/streaming/station/{station.pk}/start/"
    client.post(path, **CALLER)
    told = newest()
    assert told.changes == {"wanted_on_air": [False, True]}
    assert (told.person, told.who, told.ip, told.door) == (person.pk, "ana@example.org", "192.0.2.7", "console")
    assert told.path == path


def test_a_key_is_named_by_its_beginning_only(client):
    person = make_user("ana@example.org", is_staff=True, is_superuser=True)
    key, text = make_api_key(person)
    station = make_station()
    answer = client.patch(
        f"/api/v1/stations/{station.slug}/",
        json.dumps({"wanted_on_air": True}),
        content_type="application/json",
        headers={"Authorization": f"Token {text}"},
        **CALLER,
    )
    assert answer.status_code == 200, answer.content
    told = newest()
    assert (told.door, told.who, told.key) == ("API", "ana@example.org", key.prefix)
    assert text not in json.dumps(list(Change.objects.values()), default=str)


def test_a_command_is_named_with_the_user_and_machine_that_ran_it(monkeypatch):
    monkeypatch.setattr(acting, "_process", [])
    acting.this_process_is_a_command("station add")
    make_station()
    told = newest()
    assert (told.door, told.path) == ("command", "station add")
    assert "@" in told.who


@shared_task(name="tests.make_a_station")
def make_a_station() -> None:
    make_station()


def test_a_task_is_named():
    make_a_station.apply()
    told = newest()
    assert (told.door, told.path) == ("task", "tests.make_a_station")
