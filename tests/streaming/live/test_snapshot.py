"""The one shape that pages, API and live socket share."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from streaming.live.queries import heads, station_snapshot, stations_overview
from streaming.nodes.models import Encoder
from streaming.stations.models import Station
from tests.factories import make_airing, make_loop, make_profile, make_station

pytestmark = pytest.mark.django_db


def test_a_running_station_tells_what_is_on_and_what_was():
    station = make_station(state=Encoder.State.RUNNING)
    loop = make_loop()
    make_airing(station, "Before", minutes_ago=4, duration_seconds=180)
    make_airing(station, "Blue", minutes_ago=1, loop=loop, album="Carrier")

    told = station_snapshot(station)

    assert told["on_air"] is True
    assert told["state"] == "RUNNING"
    assert (told["now"]["artist"], told["now"]["title"], told["now"]["album"]) == ("Ana", "Blue", "Carrier")
    assert told["now"]["loop"] == told["picture"] == {"id": str(loop.pk), "name": "Rain on glass"}
    assert [played["title"] for played in told["history"]] == ["Before"]
    assert told["listeners"] is None


def test_a_stopped_station_has_no_now_and_its_last_track_is_history():
    station = make_station()
    make_airing(station, "Blue", minutes_ago=1)

    told = station_snapshot(station)

    assert (told["on_air"], told["now"]) == (False, None)
    assert [played["title"] for played in told["history"]] == ["Blue"]


def test_a_track_that_ended_is_not_on_now():
    station = make_station(state=Encoder.State.RUNNING)
    make_airing(station, "Blue", minutes_ago=4, duration_seconds=10)

    told = station_snapshot(station)

    assert told["now"] is None
    assert [played["title"] for played in told["history"]] == ["Blue"]


def test_history_is_twenty_at_most_newest_first():
    station = make_station(state=Encoder.State.RUNNING)
    for number in range(30):
        make_airing(station, f"T{number}", minutes_ago=number)

    titles = [played["title"] for played in station_snapshot(station)["history"]]

    assert titles == [f"T{number}" for number in range(1, 21)]


def test_a_station_made_a_moment_ago_is_stopped():
    station = Station.objects.create(slug="new", name="New", source_kind="playlist", profile=make_profile())

    assert station_snapshot(station)["state"] == "STOPPED"
    assert [told["slug"] for told in stations_overview()] == ["new"]


def test_a_snapshot_survives_json_and_its_times_name_their_zone():
    station = make_station(state=Encoder.State.RUNNING)
    make_airing(station, "Blue")

    told = json.loads(json.dumps(station_snapshot(station)))

    for moment in (told["at"], told["since"], told["now"]["started_at"]):
        assert datetime.fromisoformat(moment).utcoffset() is not None


def test_a_snapshot_is_read_afresh_each_time():
    station = make_station(state=Encoder.State.SPAWNING)
    assert station_snapshot(station)["state"] == "SPAWNING"
    Encoder.objects.filter(station=station).update(state=Encoder.State.RUNNING)

    assert station_snapshot(station)["state"] == "RUNNING"


def test_the_overview_costs_two_queries_however_many_stations(django_assert_num_queries):
    for number in range(5):
        station = make_station(f"s{number}", state=Encoder.State.RUNNING)
        make_airing(station, f"Old {number}", minutes_ago=9)
        make_airing(station, f"New {number}")

    with django_assert_num_queries(2):
        told = stations_overview()

    assert [one["now"]["title"] for one in told] == [f"New {number}" for number in range(5)]


def test_a_snapshot_costs_two_queries(django_assert_num_queries):
    station = make_station(state=Encoder.State.RUNNING, default_loop=make_loop())
    make_airing(station)

    with django_assert_num_queries(2):
        station_snapshot(station)


def test_a_station_without_airings_shows_its_default_loop():
    loop = make_loop()

    assert heads([make_station(default_loop=loop)])[0]["picture"]["id"] == str(loop.pk)
