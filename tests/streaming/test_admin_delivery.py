"""What the console tells of destinations beside their station: what fails, why, and which rule is broken."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from streaming.alerts.models import Alert
from streaming.console import alarms, needs, overview
from streaming.console.states import destination_state
from streaming.nodes.models import Encoder, EncoderRun, Node
from streaming.outputs.models import Destination
from streaming.outputs.recording import record_outputs
from streaming.outputs.services import add_destination
from tests.factories import make_loop, make_station

pytestmark = pytest.mark.django_db


@pytest.fixture
def station():
    Node.objects.create(name="one", seen_at=timezone.now())
    made = make_station(state=Encoder.State.RUNNING, wanted_on_air=True, default_loop=make_loop())
    Encoder.objects.filter(pk=made.pk).update(seen_at=timezone.now(), started_at=timezone.now(), source_up=True)
    return made


def add(station, url="youtube", **facts):
    row = add_destination(station=station, url=url, key=f"key-of-{url}")
    facts = {"connected": True, "state": "up", "connected_since": timezone.now(), **facts}
    Destination.objects.filter(pk=row.pk).update(**facts)
    return row


def found():
    now = timezone.now()
    rows = overview.stations_now(now)
    return needs.of_all(rows, Node.objects.all(), [], now, alarms.all_alarms())


def test_what_has_the_stream_and_suits_needs_nobody(station):
    add(station)
    assert found() == []


def test_a_backup_on_its_own_is_said(station):
    add(station, on_backup=True, backup_connected=True, last_error="Connection refused.")
    (need,) = found()
    assert (need.tone, "backup ingest has the stream" in need.sentence) == ("warn", True)
    assert "Connection refused." in need.sentence


def test_a_broken_rule_is_said_once_with_and_without_its_alert(station):
    add(station, "twitch")
    (need,) = found()
    assert (need.tone, "constant bit rate" in need.sentence) == ("warn", True)
    run = EncoderRun.objects.create(station=station)
    row = Destination.objects.get()
    record_outputs(station=station, run=run.pk, told=[{"id": str(row.pk), "up": True}])
    assert Alert.objects.get().kind == "profile-mismatch"
    assert len(found()) == 1


def test_an_outage_is_said_once_with_and_without_its_alert(station):
    row = add(station, connected=False, down_since=timezone.now() - timedelta(minutes=1), last_error="Refused.")
    run = EncoderRun.objects.create(station=station)
    record_outputs(station=station, run=run.pk, told=[{"id": str(row.pk), "up": False}])
    assert Alert.objects.get().kind == "destination-down"
    (need,) = found()
    assert need.tone == "fail"
    assert "Refused." in need.sentence


def test_the_stations_page_lists_what_fails_first_and_why(station, operator):
    add(station)
    add(station, "twitch", connected=False, state="waiting", down_since=timezone.now(), last_error="The key is wrong.")
    page = operator.get(reverse("admin:streaming_station_change", args=[station.pk])).content.decode()
    listed = page[page.index(f"station:{station.pk}:listed") :]
    assert listed.index(">Twitch<") < listed.index("The key is wrong.</span>") < listed.index(">YouTube<")
    cells = operator.get(reverse("admin:console_station_cells")).content.decode()
    assert f"station:{station.pk}:listed" in cells


def test_the_overview_names_what_is_missing(station, operator):
    add(station)
    add(station, "twitch", connected=False, state="waiting", down_since=timezone.now(), last_error="The key is wrong.")
    page = operator.get(reverse("admin:index")).content.decode()
    assert "1 of 2 up" in page
    assert "not Twitch" in page
    assert "Twitch: The key is wrong." in page


def test_connecting_for_long_is_not_connected(station):
    row = add(station, connected=False, state="connecting", down_since=timezone.now())
    row.refresh_from_db()
    assert destination_state(row).word == "Connecting"
    row.down_since = timezone.now() - timedelta(minutes=1)
    assert (destination_state(row).word, destination_state(row).tone) == ("Not connected", "fail")
