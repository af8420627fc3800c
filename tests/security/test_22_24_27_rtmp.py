"""Controls 22, 23, 24 and 27: who may publish, who may call back, who sees statistics, and that nothing is run."""

from __future__ import annotations

import re
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command

from config.home import BASE_DIR

pytestmark = pytest.mark.django_db
DOORS = ["/relay/publish", "/relay/publish_done", "/ingest/publish", "/ingest/publish_done"]
SECRET = "what only our own servers know"


@pytest.fixture
def both(settings):
    """A relay and an ingest server."""
    settings.RELAY = replace(settings.RELAY, url="rtmp://127.0.0.1:1935/relay", secret=SECRET)
    settings.INGEST = replace(settings.INGEST, url="rtmp://radio.example.org:1936/ingest", secret=SECRET)


@pytest.fixture(params=["relay", "ingest"])
def configuration(request, both, tmp_path: Path) -> tuple[str, str]:
    """Which server, and what is written for it."""
    file = tmp_path / "nginx.conf"
    call_command(request.param, "config", "--folder", str(tmp_path), "--output", str(file), stderr=StringIO())
    return request.param, file.read_text()


def test_22_every_application_denies_whoever_is_not_named(configuration):
    name, text = configuration
    applications = re.findall(r"application \S+ \{(.*?)\n        \}", text, re.DOTALL)
    assert applications
    for inside in applications:
        assert "deny play all;" in inside
        # Presenters come from anywhere with a key; to the relay come machines that are named.
        assert "deny publish all;" in inside or (name == "ingest" and "on_publish " in inside)
    assert not re.search(r"allow (publish|play) all", text)


def test_22_nothing_of_it_listens_to_the_world_unasked(settings):
    assert settings.RELAY.host == "127.0.0.1"
    assert not settings.INGEST.url, "without an address there is no ingest server"
    compose = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())
    published = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert all(port.startswith("127.0.0.1:") for port in published)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + " ", SECRET[:-1]])
def test_23_a_call_without_the_secret_opens_nothing(client, both, door, secret):
    name = "X-Relay-Secret" if door.startswith("/relay") else "X-Ingest-Secret"
    headers = {} if secret is None else {name: secret}
    answer = client.post(
        door, "call=publish&name=x&clientid=1", content_type="application/x-www-form-urlencoded", headers=headers
    )
    # A client strips blanks round a header's value, so a blank behind the secret is no other secret.
    assert answer.status_code == 403 or secret == SECRET + " "


@pytest.mark.parametrize("door", DOORS)
def test_23_a_door_that_is_not_in_use_is_not_there(client, settings, door):
    settings.RELAY, settings.INGEST = replace(settings.RELAY, url=""), replace(settings.INGEST, url="")
    assert client.post(door, headers={"X-Relay-Secret": "", "X-Ingest-Secret": ""}).status_code == 404


def test_23_the_servers_ask_at_a_socket_of_their_own(configuration):
    _, text = configuration
    asked = re.findall(r"on_publish(?:_done)? (\S+);", text)
    assert asked
    assert all(address.startswith("http://unix:") for address in asked)


def test_24_statistics_are_for_those_named_and_control_is_not_there(configuration):
    name, text = configuration
    assert "rtmp_control" not in text
    places = re.findall(r"location[^{]*\{[^}]*rtmp_stat[^}]*\}", text)
    assert bool(places) is (name == "relay")
    assert all("deny all;" in place for place in places)


def test_27_nothing_is_ever_run_by_it(configuration):
    _, text = configuration
    assert not re.search(r"\bexec(_\w+)?\b|on_update", text)
