"""Stations and destinations from the command line."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from streaming.nodes.models import Encoder
from streaming.outputs.models import Destination
from streaming.outputs.services import stream_key
from streaming.stations.models import Station
from tests.factories import make_airing, make_profile, make_station

pytestmark = pytest.mark.django_db
AUDIO = "https://radio.example/live.mp3"


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def profile():
    return make_profile()


def test_an_azuracast_station_says_where_its_webhook_is_and_its_secret_once():
    out = run("station", "add", "night-fm", "--name", "Night FM", "--source", "azuracast", "--audio", AUDIO)
    station = Station.objects.get()
    assert "/webhook/azuracast/night-fm" in out
    secret = next(line for line in out.splitlines() if line.startswith("Secret")).rsplit(" ", 1)[1]
    assert station.knows_webhook_secret(secret)


def test_a_secret_of_ones_own_is_not_repeated():
    out = run(
        *("station", "add", "night-fm", "--name", "N", "--source", "azuracast", "--audio", AUDIO, "--secret", "s3cret"),
    )
    assert "s3cret" not in out
    assert Station.objects.get().knows_webhook_secret("s3cret")


def test_a_new_secret_is_told_once_and_the_one_before_goes_on():
    run("station", "add", "n", "--name", "N", "--source", "azuracast", "--audio", AUDIO, "--secret", "s3cret")
    out = run("station", "secret", "n", "--overlap-hours", "2")
    made = out.splitlines()[0].rsplit(" ", 1)[1]
    assert "is taken until" in out
    assert [Station.objects.get().knows_webhook_secret(secret) for secret in (made, "s3cret")] == [True, True]
    assert "is taken until" not in run("station", "secret", "n", "--overlap-hours", "0")
    assert not Station.objects.get().knows_webhook_secret(made)


def test_scripts_get_json():
    out = json.loads(run("station", "add", "n", "--name", "N", "--source", "azuracast", "--json"))
    assert out["webhook_url"].endswith("/webhook/azuracast/n")
    assert Station.objects.get().knows_webhook_secret(out["secret"])


def test_a_playlist_station_has_no_webhook():
    out = run("station", "add", "vinyl", "--name", "Vinyl", "--source", "playlist")
    assert "webhook" not in out.lower()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--source", "icecast"), "stream"),
        (("--source", "icecast", "--audio", "file:///x"), "http"),
        (("--source", "playlist", "--profile", "4k"), "720p30"),
    ],
)
def test_what_is_refused_ends_with_a_sentence_and_exit_code_1(arguments, word):
    with pytest.raises(CommandError, match=word) as refused:
        run("station", "add", "night-fm", "--name", "N", *arguments)
    assert refused.value.returncode == 1
    assert not Station.objects.exists()


def test_start_stop_and_restart_change_what_is_wanted():
    station = make_station()
    run("station", "start", "night-fm")
    station.refresh_from_db()
    assert station.wanted_on_air
    run("station", "restart", "night-fm")
    run("station", "stop", "night-fm")
    station.refresh_from_db()
    assert not station.wanted_on_air


def test_status_ends_with_3_when_not_on_air():
    make_station()
    with pytest.raises(SystemExit) as ended:
        run("station", "status", "night-fm")
    assert ended.value.code == 3


def test_status_of_a_station_on_air_is_a_table_and_exit_code_0():
    station = make_station(state=Encoder.State.RUNNING)
    make_airing(station, "Blue")
    run("destination", "add", "night-fm", "rtmp://relay.example/live/secret-key-9876")
    out = run("station", "status", "night-fm")
    assert "Ana - Blue" in out
    assert "••••9876" in out
    assert "secret-key" not in out


def test_status_as_json_has_everything_a_script_asks_for():
    make_station(state=Encoder.State.RUNNING)
    status = json.loads(run("station", "status", "night-fm", "--json"))
    assert (status["on_air"], status["state"], status["now"], status["destinations"]) == (True, "RUNNING", None, [])
    assert {"uptime_seconds", "restarts_total", "source_up", "node", "pid", "last_error"} <= status.keys()


def test_an_unknown_station_ends_with_4_and_names_the_known():
    make_station("day-fm")
    with pytest.raises(CommandError, match="day-fm") as refused:
        run("station", "start", "night-fm")
    assert refused.value.returncode == 4


def test_stations_are_listed():
    assert "No stations yet" in run("station", "list")
    make_station()
    assert "night-fm" in run("station", "list")
    assert json.loads(run("station", "list", "--json"))[0]["state"] == "STOPPED"


def test_a_key_comes_from_a_file_or_standard_input_and_is_never_shown(tmp_path, monkeypatch):
    make_station()
    (tmp_path / "key").write_text("abcd-efgh-1234\n")
    out = run("destination", "add", "night-fm", "youtube", "--key-file", str(tmp_path / "key"))
    monkeypatch.setattr("sys.stdin", StringIO("zzzz-efgh-5678\n"))
    out += run("destination", "add", "night-fm", "twitch", "--key-file", "-")
    assert "abcd" not in out
    assert "zzzz" not in out
    keys = {row.name: stream_key(row) for row in Destination.objects.all()}
    assert keys == {"YouTube": "abcd-efgh-1234", "Twitch": "zzzz-efgh-5678"}


def test_a_key_file_that_is_not_there_is_named():
    make_station()
    with pytest.raises(CommandError, match="no-such-file"):
        run("destination", "add", "night-fm", "youtube", "--key-file", "/no-such-file")


def test_destinations_are_listed_rekeyed_tested_and_removed(monkeypatch):
    make_station()
    run("destination", "add", "night-fm", "rtmp://127.0.0.1:9/live/long-key-1234", "--name", "Relay")
    assert "••••1234" in run("destination", "list", "night-fm")
    monkeypatch.setattr("sys.stdin", StringIO("long-key-5678\n"))
    assert "••••5678" in run("destination", "key", "night-fm", "Relay")
    with pytest.raises(CommandError, match="nothing listens") as refused:
        run("destination", "test", "night-fm", "Relay")
    assert refused.value.returncode == 1
    run("destination", "remove", "night-fm", "Relay")
    assert not Destination.objects.exists()


def test_a_destination_that_is_not_there_names_those_that_are():
    make_station()
    run("destination", "add", "night-fm", "rtmp://relay.example/live/k", "--name", "Relay")
    with pytest.raises(CommandError, match="Relay"):
        run("destination", "remove", "night-fm", "Other")
