"""Stations, what is on and what was, as programs meet them."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from streaming.nodes.models import Encoder
from streaming.stations.models import Station
from tests.factories import make_airing, make_profile, make_station, make_user

pytestmark = pytest.mark.django_db
STATIONS = "/api/v1/stations/"


@pytest.fixture
def staff():
    cache.clear()
    client = APIClient()
    client.force_authenticate(make_user("operator@example.org", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def anybody():
    cache.clear()
    return APIClient()


def test_anybody_may_read_what_the_page_shows(anybody):
    make_airing(make_station(state=Encoder.State.RUNNING), "Blue")

    told = anybody.get(STATIONS).json()["results"][0]

    assert told.keys() == {"slug", "name", "on_air", "state", "since", "now", "sound", "picture"}
    assert told["now"]["title"] == "Blue"


def test_now_playing_is_what_the_socket_sends(anybody):
    make_airing(make_station(state=Encoder.State.RUNNING), "Blue")

    told = anybody.get(f"{STATIONS}night-fm/now-playing/").json()

    assert told["now"]["title"] == "Blue"
    assert told["history"] == []


def test_history_comes_in_pages_without_a_gap_or_a_double(anybody, django_assert_num_queries):
    station = make_station()
    for number in range(7):
        make_airing(station, f"T{number}", minutes_ago=number)
    titles, link = [], f"{STATIONS}night-fm/history/?page_size=3"
    while link:
        with django_assert_num_queries(2):  # the station and the page: nothing counts
            page = anybody.get(link).json()
        titles += [played["title"] for played in page["results"]]
        link = page["next"]

    assert titles == [f"T{number}" for number in range(7)]


@pytest.mark.parametrize("cursor", ["x", "cD1ub3QtYS10aW1l", "cD0A", "%00", "🙂", "a" * 5000])
@pytest.mark.parametrize("path", [STATIONS, f"{STATIONS}night-fm/history/"])
def test_a_cursor_we_never_made_is_refused(anybody, path, cursor):
    make_station()

    refused = anybody.get(path, {"cursor": cursor})

    assert refused.status_code in {404, 422} or refused.json()["results"] is not None
    assert refused.status_code < 500


def test_staff_makes_a_station_that_is_not_on_air(staff):
    make_profile()

    answer = staff.post(
        STATIONS,
        {
            "slug": "harbour",
            "name": "Harbour Radio",
            "source_kind": "icecast",
            "audio_url": "https://radio.example/live.mp3",
            "secret": "hush",
        },
        format="json",
    )

    assert answer.status_code == 201, answer.json()
    assert (answer.json()["slug"], answer.json()["state"]) == ("harbour", "STOPPED")
    assert b"hush" not in answer.content
    assert Station.objects.get(slug="harbour").knows_webhook_secret("hush")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"slug": "a b"}, "slug"),
        ({"slug": ""}, "slug"),
        ({"slug": "night-fm"}, "slug"),
        ({"name": ""}, "name"),
        ({"name": "x" * 500}, "name"),
        ({"source_kind": "cassette"}, "source_kind"),
        ({"audio_url": "file:///etc/passwd"}, "audio_url"),
        ({"audio_url": ""}, "audio_url"),
        ({"profile": "8k"}, "profile"),
        ({"name": "a\0b"}, "name"),
        ({"name": ["x"]}, "name"),
    ],
)
def test_what_is_wrong_with_a_new_station_is_named_and_nothing_is_made(staff, change, field):
    make_station()
    body = {"slug": "harbour", "name": "Harbour", "source_kind": "icecast", "audio_url": "https://r.example/l.mp3"}

    refused = staff.post(STATIONS, {**body, **change}, format="json")

    assert refused.status_code == 422
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert list(Station.objects.values_list("slug", flat=True)) == ["night-fm"]


def test_staff_puts_a_station_on_air_and_takes_it_off(staff):
    station = make_station()
    for wanted in (True, False):
        assert staff.patch(f"{STATIONS}night-fm/", {"wanted_on_air": wanted}, format="json").status_code == 200
        station.refresh_from_db()
        assert station.wanted_on_air is wanted


def test_nothing_but_the_named_fields_can_be_changed(staff):
    station = make_station()

    answer = staff.patch(
        f"{STATIONS}night-fm/",
        {"wanted_on_air": True, "slug": "stolen", "name": "Stolen", "webhook_digest": "00", "held_loop": None},
        format="json",
    )

    assert answer.status_code == 200
    station.refresh_from_db()
    assert (station.slug, station.name, station.webhook_digest) == ("night-fm", "Night Fm", "")


def test_what_is_no_json_is_400_and_a_problem(staff):
    make_station()

    refused = staff.generic("PATCH", f"{STATIONS}night-fm/", b"{nope", content_type="application/json")

    assert refused.status_code == 400
    assert refused.json()["status"] == 400
    assert refused.headers["Content-Type"] == "application/problem+json"


def test_a_new_webhook_secret_is_told_once(staff):
    station = make_station(source_kind="azuracast")
    station.set_webhook_secret("the old one")
    station.save()
    told = staff.post(f"{STATIONS}night-fm/webhook-secret/", {"overlap_hours": 1}, format="json")
    assert told.status_code == 201
    assert told.headers["Cache-Control"] == "no-store"
    station.refresh_from_db()
    assert station.knows_webhook_secret(told.json()["webhook_secret"])
    assert station.knows_webhook_secret("the old one")
    assert told.json()["before_until"] is not None


def test_an_overlap_that_is_none_changes_no_secret(staff):
    station = make_station(source_kind="azuracast")
    station.set_webhook_secret("the old one")
    station.save()
    refused = staff.post(f"{STATIONS}night-fm/webhook-secret/", {"overlap_hours": -1}, format="json")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "overlap_hours")
    station.refresh_from_db()
    assert station.knows_webhook_secret("the old one")
