"""Control 45: a webhook's secret is compared in constant time, and without it nothing is read, written or told."""

from __future__ import annotations

import ast
import inspect
import textwrap
import time
from datetime import timedelta

import pytest

from accounts.audit.models import SecurityEvent
from streaming.sources.models import TrackChange
from streaming.stations import services
from streaming.stations.models import Station
from tests.factories import make_station

URL = "/webhook/azuracast/night-fm"
BODY = b'{"now_playing": null}'


@pytest.fixture
def station(db):
    station = make_station(source_kind="azuracast")
    station.set_webhook_secret("s3cret")
    station.save()
    return station


def post(client, secret: str | None):
    headers = {} if secret is None else {"X-Webhook-Secret": secret}
    return client.post(URL, BODY, content_type="application/json", headers=headers)


def test_the_secret_is_compared_by_a_constant_time_function_only():
    tree = ast.parse(textwrap.dedent(inspect.getsource(Station.knows_webhook_secret)))
    calls = [node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    assert calls.count("constant_time_compare") == 2
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Compare)]


@pytest.mark.parametrize("secret", [None, "", "wrong", "s3cre", "s3crets"])
def test_without_the_secret_the_answer_is_401_and_nothing_is_written(
    client, station, secret, django_assert_num_queries, caplog
):
    with django_assert_num_queries(1) as asked:
        assert post(client, secret).status_code == 401
    assert asked.captured_queries[0]["sql"].startswith("SELECT")
    assert not TrackChange.objects.exists()
    assert not SecurityEvent.objects.exists()
    assert "security.webhook_refused" in caplog.text
    assert "s3cret" not in caplog.text.replace("s3crets", "")


def test_a_refusal_takes_under_five_milliseconds(client, station):
    took = []
    for _ in range(101):
        began = time.perf_counter()
        post(client, "wrong")
        took.append(time.perf_counter() - began)
    assert min(took) < 0.005, "the quickest: what it takes by itself, however busy the machine is"


def test_the_answer_comes_after_the_row(client, station):
    body = (
        b'{"station": {"shortcode": "night-fm"}, "now_playing": {"sh_id": 7, "played_at": 1700000000, "duration": 200,'
        b' "song": {"id": "a", "text": "Ana - Blue", "artist": "Ana", "title": "Blue", "album": "", "art": ""}}}'
    )
    headers = {"X-Webhook-Secret": "s3cret"}
    for status in ("accepted", "duplicate"):
        answer = client.post(URL, body, content_type="application/json", headers=headers)
        assert (answer.status_code, answer.json()["status"]) == (202, status)
        assert TrackChange.objects.count() == 1


def test_during_a_rotation_both_secrets_are_taken_and_no_third(client, station):
    new = services.renew_secret(station=station, overlap=timedelta(hours=1))
    assert [post(client, secret).status_code for secret in ("s3cret", new, "another", "")] == [202, 202, 401, 401]
