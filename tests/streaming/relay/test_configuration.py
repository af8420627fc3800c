"""What is written for nginx, from what the database holds."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from config import relay as wiring
from config.env import EnvironmentValueError
from streaming.nodes.spec import outputs_for
from streaming.outputs.errors import DestinationInvalidError
from streaming.outputs.keys import stream_key
from streaming.outputs.models import Destination
from streaming.outputs.services import add_destination, change_destination, set_enabled
from tests.factories import make_station
from tests.plugins.daemon import find_program
from tests.streaming.relay.conftest import KEY, SECRET

pytestmark = pytest.mark.django_db
PLATFORM = "rtmp://127.0.0.1:29000/live/sub?x=1"


def config(*options: str) -> str:
    out = StringIO()
    call_command("relay", "config", "--folder", "/run/relay", *options, stdout=out, stderr=StringIO())
    return out.getvalue()


def left_out() -> list[str]:
    return list(json.loads(config("--json"))["left_out"])


@pytest.mark.peers("nginx")
@pytest.mark.parametrize("key", [KEY, "a;b{c}$d", 'quote"back\\slash', "live_1?bandwidthtest=true&x=#y", "ключ-日本"])
def test_nginx_accepts_it_whatever_a_key_is_made_of(tmp_path, inward, to, key):
    to(PLATFORM, key=key)
    file = tmp_path / "nginx.conf"
    call_command("relay", "config", "--output", str(file), "--folder", str(tmp_path), stderr=StringIO())
    done = subprocess.run(
        [str(find_program("nginx")), "-t", "-c", str(file)], capture_output=True, text=True, check=False
    )
    assert "test is successful" in done.stderr, done.stderr
    assert file.stat().st_mode & 0o777 == 0o600


def test_each_push_carries_one_name_and_tells_its_destination(inward, to):
    pushed = to(PLATFORM)
    text, name = config(), stream_key(inward)
    assert f'push "rtmp://127.0.0.1:29000/{pushed.pk}" "name={name}" "app=live/sub?x=1" "playPath={KEY}"' in text
    assert f'"tcUrl={PLATFORM}";' in text
    assert f'"relay:{name}" 1;' in text
    assert "return 302 rtmp://127.0.0.1:" in text


@pytest.mark.parametrize("forbidden", ["on_update", "exec", "rtmp_control", "on_play", "worker_processes 2"])
def test_what_is_dangerous_is_not_in_it(inward, to, forbidden):
    to(PLATFORM)
    assert forbidden not in config()


@pytest.mark.parametrize(
    "wanted",
    [
        "wait_key on",
        "wait_video on",
        "interleave on",
        "drop_idle_publisher",
        "publish_notify on",
        "deny publish all",
        "deny play all",
        "worker_processes 1",
        "error_log stderr crit",
    ],
)
def test_what_has_to_be_is_in_it(inward, wanted):
    assert wanted in config()


def test_the_encoder_sends_to_the_relay_and_not_to_what_the_relay_sends_to(station, inward, to):
    pushed = to(PLATFORM)
    ids = {output["id"]: output for output in outputs_for(station, [])}
    assert str(pushed.pk) not in ids
    assert ids[str(inward.pk)]["private"] is True
    assert re.fullmatch(r"[A-Za-z0-9_-]{32}", ids[str(inward.pk)]["key"])


def test_two_stations_never_share_a_name(station, inward):
    other = add_destination(station=make_station("day-fm"), url="relay")
    assert stream_key(other) != stream_key(inward)


def test_paused_destinations_are_not_in_it(inward, to):
    pushed = to(PLATFORM)
    set_enabled(destination=pushed, enabled=False)
    assert str(pushed.pk) not in config()
    set_enabled(destination=inward, enabled=False)
    assert stream_key(inward) not in config()


def test_what_has_no_way_to_the_relay_is_said(station, to):
    to(PLATFORM)
    assert left_out() == ["night-fm does not send to the relay: destination add night-fm relay"]


def test_a_host_that_is_unknown_or_moved_inside_is_left_out_and_the_rest_stays(inward, to):
    good = to(PLATFORM)
    unknown = to("rtmp://127.0.0.1:29001/live", key="unknown-1234", name="Unknown")
    Destination.objects.filter(pk=unknown.pk).update(url="rtmp://no-such-platform.invalid/live")
    moved = to("rtmp://127.0.0.1:29002/live", key="moved-1234", name="Moved")
    Destination.objects.filter(pk=moved.pk).update(allow_private=False)

    sentences = left_out()
    assert any("Unknown of night-fm is left out" in s for s in sentences)
    assert any("Moved of night-fm is left out" in s and "private" in s for s in sentences)
    assert str(good.pk) in config()


def test_json_tells_no_secret(inward, to):
    to(PLATFORM)
    told = config("--json")
    assert not any(secret in told for secret in (KEY, SECRET, stream_key(inward)))
    assert json.loads(told)["streams"] == [
        {
            "station": "night-fm",
            "pushes": [{"name": "127.0.0.1", "url": PLATFORM, "address": "127.0.0.1:29000"}],
        }
    ]


@pytest.mark.parametrize(
    "url", ["rtmps://127.0.0.1:443/live", "srt://127.0.0.1:9999", "https://127.0.0.1/{key}/out.m3u8"]
)
def test_the_relay_takes_plain_rtmp_only_and_says_so(station, to, url):
    with pytest.raises(DestinationInvalidError, match="cannot encrypt") as caught:
        to(url)
    assert caught.value.field == "via_relay"


def test_neither_the_way_in_nor_a_backup_ingest_goes_through_it(inward, to):
    with pytest.raises(DestinationInvalidError, match="the way to the relay itself"):
        change_destination(destination=inward, via_relay=True)
    with pytest.raises(DestinationInvalidError, match="no backup ingest"):
        to(PLATFORM, backup_url="rtmp://127.0.0.1:29003/live", backup="standby")


def test_without_a_relay_the_command_says_how_to_get_one(db, settings):
    settings.RELAY = replace(settings.RELAY, url="")
    with pytest.raises(CommandError, match="set RELAY_URL"):
        config()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("RELAY_URL", "rtmps://h/relay", "must start with rtmp://"),
        ("RELAY_URL", "rtmp://h", "must end with one name"),
        ("RELAY_URL", "rtmp://h/a b", "must start with"),
        ("RELAY_HOST", "everywhere", "IP addresses"),
        ("RELAY_PUBLISH_FROM", "10.0.0.0/8,all;", "IP addresses"),
        ("RELAY_HTTP_PORT", "0", "between 1 and 65535"),
    ],
)
def test_an_address_that_cannot_be_used_is_named(monkeypatch, name, value, sentence):
    monkeypatch.setenv(name, value)
    with pytest.raises(EnvironmentValueError, match=sentence) as caught:
        wiring.read("key")
    assert name in str(caught.value)
