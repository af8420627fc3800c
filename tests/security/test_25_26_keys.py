"""Controls 25 and 26: keys are long, are nowhere but where they work, and lie sealed."""

from __future__ import annotations

import json
import math
import sys

import psutil
import pytest
from django.apps import apps
from django.core import serializers
from rest_framework.test import APIClient

from streaming.ingest.errors import PublishRefusedError
from streaming.ingest.keys import KEY_BYTES, find_key
from streaming.ingest.services import begin_takeover, create_presenter_key, revoke_presenter_key
from streaming.nodes.process import COMMAND, spawn
from streaming.nodes.spec import wanted_for
from tests.factories import enter, make_station, make_user

pytestmark = pytest.mark.django_db
KEY = "live_4711_" + "a8Kd02mQ"
PASSPHRASE = "a passphrase of srt"


@pytest.fixture
def staff():
    client = APIClient()
    client.force_authenticate(make_user("admin@example.org", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def station(staff):
    """A station with a destination of each kind of secret."""
    found = make_station()
    add = "/api/v1/stations/night-fm/destinations/"
    for body in (
        {"url": "rtmp://live.example.org/app", "key": KEY},
        {"url": "srt://live.example.org:9000", "passphrase": PASSPHRASE},
    ):
        assert staff.post(add, body, format="json").status_code == 201
    return found


def everything_in_the_database() -> str:
    rows = [row for model in apps.get_models() for row in model._default_manager.all()]
    return str(serializers.serialize("json", rows))


def test_25_a_presenters_key_has_more_than_128_random_bits_and_a_former_one_opens_nothing(station):
    row, key = create_presenter_key(station=station, name="Ayu", created_by=None)
    assert KEY_BYTES * 8 >= 128
    assert len(key) * math.log2(64) >= 128
    assert find_key(key) == row
    assert key not in everything_in_the_database()
    revoke_presenter_key(key=row)
    with pytest.raises(PublishRefusedError):
        begin_takeover(key=key, client_id="1")


def test_25_no_page_and_no_answer_holds_a_key(client, staff, station, caplog, capfd):
    enter(client, make_user("second@example.org", is_staff=True, is_superuser=True))
    pages = ["/", "/stations/night-fm/", "/admin/streaming/destination/", "/metrics", "/health"]
    first = station.destinations.first()
    pages.append(f"/admin/streaming/destination/{first.pk}/change/")
    answers = [client.get(page) for page in pages]
    answers += [staff.get(path) for path in ("/api/v1/stations/night-fm/", "/api/v1/stations/night-fm/destinations/")]
    said = "".join(answer.content.decode() for answer in answers if not answer.streaming)
    said += caplog.text + "".join(capfd.readouterr())
    assert KEY not in said
    assert PASSPHRASE not in said
    assert "••••" + KEY[-4:] in said


def test_26_the_whole_database_holds_no_key_in_the_clear(station):
    dump = everything_in_the_database()
    assert KEY not in dump
    assert PASSPHRASE not in dump
    assert "rtmp://live.example.org/app" in dump, "it is a dump of these rows"


def test_26_an_encoder_is_given_a_path_and_no_key_as_argument(station, tmp_path):
    """The file is its owner's alone: tests/streaming/nodes/test_watch.py. Here: what everybody sees of the process."""
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps(wanted_for(station)[0].outputs))
    assert KEY in spec.read_text()
    # Reads nothing and waits: only how it was started is looked at.
    child = spawn(spec, tmp_path / "log", (sys.executable, "-c", "import signal; signal.pause()"))
    words = psutil.Process(child.pid).cmdline()
    child.kill()
    assert words[-1] == str(spec)
    assert KEY not in " ".join(words)
    assert len(COMMAND) == 3
