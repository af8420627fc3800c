"""Machines by command line, in the console and in the API; and the alerts that tell of them."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from streaming.alerts.models import Alert
from streaming.nodes import alarms, services
from streaming.nodes.models import Encoder, Node
from streaming.nodes.services import reconcile_encoders
from tests.factories import make_station, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def one():
    return Node.objects.create(name="one", seen_at=timezone.now(), labels=["gpu"])


@pytest.fixture
def two():
    return Node.objects.create(name="two", seen_at=timezone.now(), capacity=1)


@pytest.fixture
def lost():
    return Node.objects.create(name="lost", seen_at=timezone.now() - timedelta(minutes=1))


def on_air_at(node, slug="night-fm", **fields):
    station = make_station(slug, wanted_on_air=True, state="RUNNING", **fields)
    Encoder.objects.filter(station=station).update(node=node, lease_fenced=True, cpu_percent=3.25, memory_mb=50)
    return station


def run(*arguments):
    out = StringIO()
    call_command("node", *arguments, stdout=out)
    return out.getvalue()


def open_alerts(kind):
    return dict(Alert.objects.filter(kind=kind, closed_at=None).values_list("subject", "sentence"))


def test_the_list_says_how_each_machine_is_and_what_it_runs(one, two, lost):
    on_air_at(one)
    services.drain(node=two)
    rows = {row["name"]: row for row in json.loads(run("list", "--json"))}
    assert {name: row["state"] for name, row in rows.items()} == {"one": "up", "two": "draining", "lost": "silent"}
    assert (rows["one"]["stations"], rows["one"]["cpu_percent"], rows["one"]["memory_mb"]) == (1, 3.2, 50)
    assert "0/1 stations" in run("list")


def test_a_machine_is_drained_and_resumed(one):
    assert json.loads(run("drain", "one", "--json"))["state"] == "draining"
    run("resume", "one")
    one.refresh_from_db()
    assert not one.draining


def test_a_machine_that_is_heard_of_is_not_gone(one, lost):
    with pytest.raises(CommandError, match="so it is not switched off: drain it") as refused:
        run("gone", "one")
    assert refused.value.returncode == 1
    run("gone", "lost")
    lost.refresh_from_db()
    assert lost.gone_at is not None


def test_a_machine_that_is_not_known_is_said_with_those_that_are(one):
    with pytest.raises(CommandError, match=r"There is no machine 'three'\. Machines: one") as refused:
        run("drain", "three")
    assert refused.value.returncode == 4


def test_loads_are_evened_out_by_hand_overs(one, two):
    services.describe(node=two, capacity=None)
    for number in range(3):
        on_air_at(one, f"s{number}-fm")
    assert run("balance") == "s0-fm goes to two\n"
    assert Encoder.objects.filter(handover_to=two).count() == 1
    assert "as evenly as they can be" in run("balance")


def test_the_console_shows_machines_and_acts_on_them(operator, one, two):
    station = on_air_at(one)
    page = operator.get(reverse("admin:streaming_node_changelist")).content.decode()
    assert "Running" in page
    assert "0 of 1" in page
    page = operator.get(reverse("admin:streaming_node_change", args=[one.pk])).content.decode()
    assert "Drain" in page
    assert "Resume" not in page
    assert "It is switched off" not in page
    operator.post(reverse("admin:streaming_node_drain", args=[one.pk]))
    one.refresh_from_db()
    assert one.draining
    operator.post(reverse("admin:streaming_node_change", args=[two.pk]), {"labels": "b,a", "capacity": "7"})
    two.refresh_from_db()
    assert (two.labels, two.capacity) == (["a", "b"], 7)
    answer = operator.post(
        reverse("admin:streaming_encoder_hand_over", args=[station.pk]), {"to": two.pk, "_form_submitted": "1"}
    )
    assert answer.status_code == 302, answer.content.decode()
    assert Encoder.objects.get().handover_to == two
    operator.post(reverse("admin:streaming_encoder_stay", args=[station.pk]))
    assert Encoder.objects.get().handover_to is None


def test_programs_drain_describe_and_hand_over(one, two):
    on_air_at(one)
    client = APIClient()
    client.force_authenticate(make_user(is_staff=True, is_superuser=True))
    assert [row["name"] for row in client.get("/api/v1/nodes/").json()["results"]] == ["one", "two"]
    told = client.post("/api/v1/stations/night-fm/handover/", {"to": "two"}, format="json")
    assert (told.status_code, told.json()["coming"]) == (202, 1)
    assert client.patch("/api/v1/nodes/two/", {"labels": ["x"]}, format="json").json()["capacity"] == 1
    assert client.patch("/api/v1/nodes/one/", {"draining": True}, format="json").json()["state"] == "draining"
    refused = client.patch("/api/v1/nodes/one/", {"gone": True}, format="json")
    assert refused.status_code == 409
    assert "was heard of" in refused.json()["detail"]
    assert client.patch("/api/v1/nodes/one/", {"gone": False}, format="json").status_code == 422
    assert client.patch("/api/v1/nodes/one/", {"capacity": -1}, format="json").status_code == 422


def test_a_hand_over_to_where_there_is_no_room_is_refused_with_the_reason(one, two):
    on_air_at(two, "day-fm")
    on_air_at(one)
    client = APIClient()
    client.force_authenticate(make_user(is_staff=True, is_superuser=True))
    refused = client.post("/api/v1/stations/night-fm/handover/", {}, format="json")
    assert refused.status_code == 409
    assert "two is full (1 of 1 stations)" in refused.json()["detail"]


def test_a_lost_machine_is_told_with_what_becomes_of_its_stations(one, lost):
    station = on_air_at(lost)
    reconcile_encoders()
    (sentence,) = open_alerts(alarms.LOST).values()
    assert sentence == (
        "lost is not heard of. Its station goes on air at another machine as soon as one may have them."
    )
    Encoder.objects.update(lease_fenced=False)
    reconcile_encoders()
    (sentence,) = open_alerts(alarms.LOST).values()
    assert "manage.py node gone lost" in sentence
    Encoder.objects.filter(station=station).update(node=one)
    reconcile_encoders()
    assert open_alerts(alarms.LOST) == {}


def test_the_only_machine_that_is_lost_is_to_be_started_again(lost):
    on_air_at(lost)
    Encoder.objects.update(lease_fenced=False)
    reconcile_encoders()
    assert "start its node again" in next(iter(open_alerts(alarms.LOST).values()))


def test_a_station_that_no_machine_may_have_is_told_why_until_one_may(one, two):
    station = make_station(wanted_on_air=True, needs_labels=["fast"])
    reconcile_encoders()
    (sentence,) = open_alerts(alarms.HOMELESS).values()
    assert "one lacks the label fast; two lacks the label fast" in sentence
    assert list(Alert.objects.values_list("kind", "station")) == [(alarms.HOMELESS, station.pk)]
    services.describe(node=one, labels=["fast"], capacity=None)
    reconcile_encoders()
    assert open_alerts(alarms.HOMELESS) == {}


def test_a_station_that_should_leave_and_cannot_is_told_and_goes_on(one):
    on_air_at(one)
    services.drain(node=one)
    reconcile_encoders()
    (sentence,) = open_alerts(alarms.HOMELESS).values()
    assert sentence.startswith("Night Fm goes on at one, which is being drained, but cannot go elsewhere.")


def test_a_machine_without_stations_that_was_not_seen_for_a_day_no_longer_counts(one, lost, monkeypatch):
    monkeypatch.setattr("streaming.nodes.leases.database_is_warm", lambda: True)
    on_air_at(one)
    old = Node.objects.create(name="old", seen_at=timezone.now() - timedelta(days=2))
    keeps = Node.objects.create(name="keeps", seen_at=timezone.now() - timedelta(days=2))
    on_air_at(keeps, "day-fm")
    reconcile_encoders()
    assert list(Node.objects.exclude(gone_at=None)) == [old]
