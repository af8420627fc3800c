"""Health, with the real services, with hanging ones and with none."""

from __future__ import annotations

import socket
import time
from datetime import timedelta
from typing import Any

import pytest
from celery.contrib.testing.worker import start_worker
from django.conf import settings as real
from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone
from redis import Redis

from config.celery import app
from config.heartbeat import BEAT_KEY, WORKER_KEY, tick
from streaming.nodes.models import Encoder, Node
from tests.factories import make_station

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mute():
    """An address that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def hanging_database(mute, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
    monkeypatch.setitem(connection.settings_dict, "PORT", str(mute))


@pytest.fixture
def all_well():
    redis = Redis.from_url(real.REDIS_URL)
    tick()
    redis.set(WORKER_KEY, time.time())
    Node.objects.create(name="studio", seen_at=timezone.now())
    yield redis
    redis.delete(WORKER_KEY, BEAT_KEY)


def report(status: int = 200) -> Any:
    began = time.monotonic()
    answer = Client().get("/health")
    assert time.monotonic() - began < 2
    assert answer.status_code == status
    return answer.json()


def test_live_asks_nobody(hanging_database, django_assert_num_queries):
    with django_assert_num_queries(0), override_settings(REDIS_URL="redis://127.0.0.1:1"):
        answer = Client().get("/health/live")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_ready_when_database_and_redis_answer():
    assert Client().get("/health/ready").status_code == 200


def test_not_ready_without_redis():
    with override_settings(REDIS_URL="redis://127.0.0.1:1"):
        answer = Client().get("/health/ready")

    assert answer.status_code == 503
    assert answer.json()["components"]["redis"]["status"] == "degraded"


def test_not_ready_and_in_time_when_the_database_hangs(hanging_database):
    began = time.monotonic()
    answer = Client().get("/health/ready")

    assert answer.status_code == 503
    assert time.monotonic() - began < 2


def test_not_ready_and_in_time_when_redis_hangs(mute):
    began = time.monotonic()
    with override_settings(REDIS_URL=f"redis://127.0.0.1:{mute}"):
        answer = Client().get("/health/ready")

    assert answer.status_code == 503
    assert time.monotonic() - began < 2


def test_all_well_is_ok(all_well):
    now = timezone.now()
    station = make_station(state=Encoder.State.RUNNING, wanted_on_air=True)
    Encoder.objects.filter(station=station).update(seen_at=now, source_up=True)

    told = report()

    assert told["status"] == "ok", told
    assert {part["status"] for part in told["components"].values()} == {"ok"}
    assert told["components"]["encoder:night-fm"]["detail"] == "On air."
    assert "studio" in told["components"]["node"]["detail"]


def test_a_hanging_database_is_down_within_two_seconds_and_tells_no_secret(hanging_database, all_well):
    told = report(503)

    assert told["status"] == "down"
    assert "1.5 seconds" in told["components"]["database"]["detail"]
    assert told["components"]["redis"]["status"] == "ok"
    assert str(connection.settings_dict["USER"]) not in str(told)


def test_redis_away_is_degraded_and_says_what_it_means():
    with override_settings(REDIS_URL="redis://127.0.0.1:1"):
        told = report()

    assert told["status"] == "degraded"
    assert "Redis gives no answer" in told["components"]["redis"]["detail"]


def test_a_silent_worker_and_a_silent_beat_are_told_apart(all_well):
    all_well.set(WORKER_KEY, time.time() - 300)

    told = report()["components"]

    assert told["worker"]["status"] == "degraded"
    assert "300 seconds" in told["worker"]["detail"]
    assert told["beat"]["status"] == "ok"


def test_a_node_that_was_not_seen_lately_is_degraded(all_well):
    Node.objects.update(seen_at=timezone.now() - timedelta(minutes=5))

    assert report()["components"]["node"]["status"] == "degraded"


@pytest.mark.parametrize(
    ("encoder", "wanted", "status", "words"),
    [
        ({"state": "STOPPED"}, False, "ok", "Off air, as wanted"),
        ({"state": "FAILED"}, True, "degraded", "operator"),
        ({"state": "CRASHED"}, True, "degraded", "crashed"),
        ({"state": "SPAWNING", "since": 1}, True, "ok", "starting"),
        ({"state": "RUNNING", "seen": 60, "up": True}, True, "degraded", "no statistics"),
        ({"state": "RUNNING", "seen": 1, "up": False}, True, "degraded", "without its sound"),
        ({"state": "RUNNING", "seen": 1, "up": True}, True, "ok", "On air."),
    ],
)
def test_each_station_is_judged(all_well, encoder, wanted, status, words):
    now = timezone.now()
    station = make_station(state=encoder["state"], wanted_on_air=wanted)
    Encoder.objects.filter(station=station).update(
        state_since=now - timedelta(seconds=encoder.get("since", 600)),
        seen_at=now - timedelta(seconds=encoder["seen"]) if "seen" in encoder else None,
        source_up=encoder.get("up", False),
    )

    part = report()["components"]["encoder:night-fm"]

    assert part["status"] == status
    assert words in part["detail"]


def test_a_worker_writes_its_sign_of_life():
    """A real Celery worker, with the options that ``up`` gives it, for as long as it takes to write once."""
    redis: Any = Redis.from_url(real.REDIS_URL)
    redis.delete(WORKER_KEY)
    with start_worker(app, pool="solo", perform_ping_check=False, without_heartbeat=True):
        assert abs(time.time() - float(str(redis.get(WORKER_KEY), "ascii"))) < 30


def test_a_machine_that_held_stations_and_is_lost_is_named_beside_those_that_run(all_well):
    lost = Node.objects.create(name="attic", seen_at=timezone.now() - timedelta(minutes=5))
    assert report()["components"]["node"]["status"] == "ok"
    Encoder.objects.filter(station=make_station("attic-fm")).update(node=lost)
    told = report()["components"]["node"]
    assert told["status"] == "degraded"
    assert "Running: studio. Not heard of, though on air last: attic." in told["detail"]
