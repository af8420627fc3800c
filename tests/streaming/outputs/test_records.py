"""What the encoder says of its outputs is kept, both ingests in one row, and alerts follow from it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from streaming.alerts.models import Alert
from streaming.nodes.models import EncoderRun
from streaming.outputs.models import Destination
from streaming.outputs.recording import record_outputs
from streaming.outputs.services import add_destination, change_destination, remove_destination, set_enabled
from tests.factories import make_station

pytestmark = pytest.mark.django_db


@pytest.fixture
def station():
    return make_station(wanted_on_air=True)


@pytest.fixture
def destination(station):
    return add_destination(station=station, url="youtube", key="abcd-1234", backup="both")


@pytest.fixture
def run(station):
    return EncoderRun.objects.create(station=station)


def tell(destination, run, backup=None, *, wanted=True, **first):
    told = [] if run is None else [{"id": str(destination.pk), "up": False, **first}]
    if backup is not None:
        told.append({"id": f"{destination.pk}:backup", "up": False, **backup})
    record_outputs(station=destination.station, run=run.pk if run else None, told=told, wanted=wanted)
    destination.refresh_from_db()
    return destination


def long_down(destination):
    Destination.objects.filter(pk=destination.pk).update(down_since=timezone.now() - timedelta(seconds=31))


def test_all_that_is_told_is_kept(destination, run):
    now = timezone.now()
    row = tell(
        destination, run, up=True, state="up", uptime=100.0, queued_ms=250, renewals=2, renewal_gap_ms=900, bytes=5
    )
    assert (row.state, row.connected, row.queued_ms, row.renewals_total, row.renewal_gap_ms) == (
        "up",
        True,
        250,
        2,
        900,
    )
    assert abs((now - row.connected_since).total_seconds() - 100) < 5
    assert (row.renewed_at is not None, row.down_since, row.next_try_at) == (True, None, None)


def test_waiting_tells_when_it_is_tried_again(destination, run):
    row = tell(destination, run, state="waiting", retry_in=30.0, error="The server refused the key.")
    assert 25 < (row.next_try_at - timezone.now()).total_seconds() <= 30
    assert (row.state, row.last_error, row.down_since is not None) == ("waiting", "The server refused the key.", True)


def test_what_did_not_change_is_not_written(destination, run, django_assert_num_queries):
    told = [{"id": str(destination.pk), "up": True, "state": "up", "uptime": 5.0, "bytes": 9}]
    record_outputs(station=destination.station, run=run.pk, told=told)
    with django_assert_num_queries(2):  # its destinations, its alerts
        record_outputs(station=destination.station, run=run.pk, told=told)


def test_both_ingests_are_one_row(destination, run):
    row = tell(destination, run, {"up": True, "state": "up", "bytes": 70}, up=True, state="up", bytes=100)
    assert (row.bytes_total, row.connected, row.on_backup, row.backup_connected) == (170, True, False, True)
    row = tell(destination, run, {"up": True, "state": "up", "bytes": 90}, state="waiting", bytes=100, error="gone")
    assert (row.bytes_total, row.connected, row.on_backup, row.state) == (190, True, True, "up")
    assert (row.last_error, row.down_since) == ("gone", None)
    row = tell(destination, run, {"state": "waiting", "error": "full"}, up=True, state="up", bytes=100)
    assert (row.connected, row.on_backup, row.backup_connected) == (True, False, False)
    assert row.last_error == "Backup ingest: full"


def test_a_standing_in_backup_is_told(destination, run):
    assert tell(destination, run, up=True, on_backup=True, state="up").on_backup


def test_half_a_minute_down_is_an_alert_until_it_is_up_again(destination, run):
    tell(destination, run, state="waiting", error="Connection refused.")
    assert not Alert.objects.exists()
    long_down(destination)
    tell(destination, run, state="waiting", error="Connection refused.")
    alert = Alert.objects.get()
    assert (alert.kind, alert.subject, alert.severity) == ("destination-down", f"destination:{destination.pk}", "error")
    assert "YouTube" in alert.sentence
    assert "Connection refused." in alert.sentence
    tell(destination, run, up=True, state="up")
    alert.refresh_from_db()
    assert alert.closed_at is not None


def test_a_dead_encoder_counts_as_down(destination):
    tell(destination, None)
    long_down(destination)
    tell(destination, None)
    assert Alert.objects.get().closed_at is None


@pytest.mark.parametrize("end", ["paused", "removed", "off air"])
def test_what_is_not_wanted_is_not_down(destination, run, end):
    tell(destination, run, state="waiting")
    long_down(destination)
    tell(destination, run, state="waiting")
    if end == "paused":
        set_enabled(destination=destination, enabled=False)
    elif end == "removed":
        remove_destination(destination=destination)
    else:
        tell(destination, None, wanted=False)
        assert destination.down_since is None
    assert Alert.objects.get().closed_at is not None


def test_a_paused_destination_is_never_down(destination, run):
    set_enabled(destination=destination, enabled=False)
    assert tell(destination, run).down_since is None


def test_a_profile_that_breaks_a_platforms_rule_is_an_alert_while_it_does(destination, run):
    profile = destination.station.profile
    profile.video_kbps = 900
    profile.save()
    tell(destination, run, up=True)
    alert = Alert.objects.get()
    assert (alert.kind, alert.severity) == ("profile-mismatch", "warning")
    assert "1500" in alert.sentence
    profile.video_kbps = 3000
    profile.save()
    tell(destination, run, up=True)
    alert.refresh_from_db()
    assert alert.closed_at is not None


def test_an_alert_says_what_is_wrong_now(destination, run):
    tell(destination, run, state="waiting", error="one")
    long_down(destination)
    tell(destination, run, state="waiting", error="one")
    tell(destination, run, state="waiting", error="another")
    assert Alert.objects.get().sentence.endswith("another")


def test_a_refused_change_changes_nothing(destination):
    before = Destination.objects.filter(pk=destination.pk).values().get()
    for wrong in ({"renew_after_s": 5}, {"backup_url": "rtmp://a.example/x", "backup": "sideways"}, {"name": ""}):
        with pytest.raises(ValueError, match=r"\w"):
            change_destination(destination=destination, enabled=False, **wrong)
    assert Destination.objects.filter(pk=destination.pk).values().get() == before
