"""The figures operators rely on, by their exact names."""

from __future__ import annotations

import socket
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from streaming.asrun.models import ErrorEntry
from streaming.nodes.models import Encoder, EncoderRun, Node
from streaming.outputs.models import Destination
from tests.factories import make_station

pytestmark = pytest.mark.django_db(transaction=True)

Labels = frozenset[tuple[str, str]]


def scraped() -> dict[tuple[str, Labels], float]:
    answer = Client().get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    families = text_string_to_metric_families(answer.content.decode())
    return {(s.name, frozenset(s.labels.items())): s.value for family in families for s in family.samples}


def value(name: str, **labels: str) -> float:
    return scraped()[(name, frozenset(labels.items()))]


@pytest.fixture
def station():
    made = make_station(state=Encoder.State.RUNNING)
    Encoder.objects.filter(station=made).update(
        started_at=timezone.now() - timedelta(seconds=90),
        cpu_percent=3.5,
        memory_mb=51,
        restarts_total=2,
        tracks_played_total=17,
        switch_seconds_sum=1.9,
        switch_seconds_buckets=[1, 0, 2, 3, 0, 1, 0, 1],
    )
    Destination.objects.create(
        station=made,
        name="YouTube",
        url="rtmp://a.example/live2",
        connected=True,
        bytes_total=4_000_000_000,
        reconnects_total=3,
        dropped_packets_total=9,
        connected_since=timezone.now() - timedelta(seconds=30),
        queued_ms=1500,
        renewals_total=4,
    )
    return made


def test_every_promised_name_is_there(station):
    names = {name for name, _ in scraped()}

    assert names >= {
        "radio_tracks_played_total",
        "radio_ffmpeg_restarts_total",
        "radio_errors_total",
        "radio_ffmpeg_status",
        "radio_stream_uptime_seconds",
        "radio_ffmpeg_cpu_usage_percent",
        "radio_ffmpeg_memory_mb",
        "radio_track_switch_duration_seconds_bucket",
        "radio_track_switch_duration_seconds_sum",
        "radio_track_switch_duration_seconds_count",
        "radio_destination_connected",
        "radio_destination_bytes_total",
        "radio_destination_reconnects_total",
        "radio_destination_dropped_packets_total",
        "radio_destination_queue_seconds",
        "radio_destination_uptime_seconds",
        "radio_destination_renewals_total",
        "radio_destination_on_backup",
    }


def test_changes_of_picture_are_told_by_how_they_were_made_and_whether_they_were_ready(station):
    Encoder.objects.filter(station=station).update(
        seams_total={"played": 40, "late": 1}, ready_total={"ready": 39, "not_ready": 2}
    )
    told = scraped()
    seams = {
        dict(labels)["result"]: count
        for (name, labels), count in told.items()
        if name == "radio_seams_total" and ("station", "night-fm") in labels
    }
    assert seams == {"played": 40, "late": 1, "failed": 0, "cut": 0}
    assert value("radio_titles_ready_total", station="night-fm", ready="yes") == 39
    assert value("radio_titles_ready_total", station="night-fm", ready="no") == 2


def test_figures_are_the_rows(station):
    told = scraped()
    here = frozenset({("station", "night-fm")})
    there = here | {("destination", "YouTube")}

    assert told["radio_tracks_played_total", here] == 17
    assert told["radio_ffmpeg_restarts_total", here] == 2
    assert told["radio_ffmpeg_cpu_usage_percent", here] == 3.5
    assert told["radio_ffmpeg_memory_mb", here] == 51
    assert 89 < told["radio_stream_uptime_seconds", here] < 100
    assert told["radio_destination_connected", there] == 1
    assert told["radio_destination_bytes_total", there] == 4_000_000_000
    assert told["radio_destination_reconnects_total", there] == 3
    assert told["radio_destination_dropped_packets_total", there] == 9
    assert told["radio_destination_renewals_total", there] == 4
    assert told["radio_destination_queue_seconds", there] == 1.5
    assert told["radio_destination_on_backup", there] == 0
    assert 29 < told["radio_destination_uptime_seconds", there] < 40


def test_one_status_is_one_and_the_others_nought(station):
    told = {status: value("radio_ffmpeg_status", station="night-fm", status=status) for status in Encoder.State.values}

    assert told == {"STOPPED": 0, "SPAWNING": 0, "RUNNING": 1, "CRASHED": 0, "FAILED": 0}


def test_switch_times_are_a_cumulated_histogram(station):
    name = "radio_track_switch_duration_seconds"
    bounds = ["0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "5.0", "+Inf"]

    told = scraped()
    buckets = [told[f"{name}_bucket", frozenset({("station", "night-fm"), ("le", bound)})] for bound in bounds]

    assert buckets == [1, 1, 3, 6, 6, 7, 7, 8]
    assert told[f"{name}_count", frozenset({("station", "night-fm")})] == 8
    assert told[f"{name}_sum", frozenset({("station", "night-fm")})] == 1.9


def test_a_station_that_never_switched_has_an_empty_histogram():
    make_station()

    assert value("radio_track_switch_duration_seconds_count", station="night-fm") == 0


def test_uptime_is_nought_when_off_air():
    Encoder.objects.filter(station=make_station(state=Encoder.State.CRASHED)).update(started_at=timezone.now())

    assert value("radio_stream_uptime_seconds", station="night-fm") == 0


def fail(station, severity: str, count: int = 1) -> None:
    now = timezone.now()
    ErrorEntry.objects.bulk_create(
        [
            ErrorEntry(station=station, timestamp=now, service="playout", severity=severity, message="x")
            for _ in range(count)
        ],
    )


def test_errors_are_counted_by_severity_and_clean_up_does_not_take_them_back(station):
    fail(station, "error", 3)
    fail(station, "error")
    fail(station, "critical")
    fail(None, "warning", 2)
    ErrorEntry.objects.all().delete()

    told = {labels: count for (name, labels), count in scraped().items() if name == "radio_errors_total"}

    assert told == {
        frozenset({("station", "night-fm"), ("severity", "warning")}): 0,
        frozenset({("station", "night-fm"), ("severity", "error")}): 4,
        frozenset({("station", "night-fm"), ("severity", "critical")}): 1,
        frozenset({("station", ""), ("severity", "warning")}): 2,
    }


def test_a_fact_told_twice_is_counted_once(station):
    run = EncoderRun.objects.create(station=station)
    for _ in range(2):
        ErrorEntry.objects.bulk_create(
            [
                ErrorEntry(
                    station=station,
                    run=run,
                    sequence=1,
                    timestamp=timezone.now(),
                    service="playout",
                    severity="error",
                    message="x",
                ),
            ],
            ignore_conflicts=True,
        )

    assert value("radio_errors_total", station="night-fm", severity="error") == 1


def test_a_station_that_is_deleted_takes_its_counts_along(station):
    fail(station, "error")
    station.delete()

    assert not [name for name, labels in scraped() if ("station", "night-fm") in labels]


def test_names_with_quotes_and_line_breaks_break_nothing(station):
    Destination.objects.create(station=station, name='a"b\\c\nd', url="rtmp://x/y")

    assert value("radio_destination_connected", station="night-fm", destination='a"b\\c\nd') == 0


def test_the_process_tells_its_own_figures_too():
    assert "python_info" in {name for name, _ in scraped()}


def test_a_hanging_database_leaves_the_process_figures_and_says_so(station, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
        monkeypatch.setitem(connection.settings_dict, "PORT", str(mute.getsockname()[1]))
        told = scraped()

    names = {name for name, _ in told}
    assert told["radio_database_up", frozenset()] == 0
    assert "radio_tracks_played_total" not in names
    assert "python_info" in names


def test_machines_are_told_until_they_are_declared_gone(station):
    one = Node.objects.create(name="one", seen_at=timezone.now(), capacity=20)
    Node.objects.create(name="two", seen_at=timezone.now() - timedelta(minutes=1), draining=True)
    Node.objects.create(name="three", gone_at=timezone.now())
    Encoder.objects.filter(station=station).update(node=one)
    assert [value("radio_node_up", node=name) for name in ("one", "two")] == [1, 0]
    assert value("radio_node_stations", node="one") == 1
    assert value("radio_node_capacity", node="one") == 20
    assert not any(("node", "three") in labels for _, labels in scraped())
