"""Mappings as programs meet them."""

from __future__ import annotations

import uuid

import pytest
from rest_framework.test import APIClient

from streaming.cues.models import TrackMapping
from tests.factories import make_loop, make_mapping, make_station, make_user

pytestmark = pytest.mark.django_db
MAPPINGS = "/api/v1/stations/night-fm/mappings/"


@pytest.fixture
def staff():
    client = APIClient()
    client.force_authenticate(make_user("operator@example.org", is_staff=True, is_superuser=True))
    return client


def kept() -> set[tuple[str, str]]:
    return set(TrackMapping.objects.values_list("track_key", "loop__name"))


def test_a_track_is_mapped_by_its_key(staff):
    make_station()
    body = {"artist": "  Ana ", "title": "BLUE (live)!", "loop": str(make_loop("Rain").pk), "song_id": "abc"}

    answer = staff.post(MAPPINGS, body, format="json")

    assert answer.status_code == 201, answer.json()
    assert (answer.json()["track_key"], answer.json()["song_id"]) == ("ana - blue live", "abc")
    assert answer.json()["loop"]["name"] == "Rain"


def test_mapping_a_track_again_gives_it_the_new_loop(staff):
    make_station()
    for loop in (make_loop("Rain"), make_loop("Sun")):
        staff.post(MAPPINGS, {"artist": "Ana", "title": "Blue", "loop": str(loop.pk)}, format="json")

    assert kept() == {("ana - blue", "Sun")}


def test_many_are_mapped_at_once(staff):
    make_station()
    loop = str(make_loop("Rain").pk)
    rows = [{"artist": "Ana", "title": f"T{number}", "loop": loop} for number in range(50)]

    answer = staff.patch(MAPPINGS, {"mappings": rows}, format="json")

    assert answer.status_code == 200
    assert [row["track_key"] for row in answer.json()["mappings"]] == [f"ana - t{number}" for number in range(50)]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"title": "", "artist": "Ana"}, "mappings.1.title"),
        ({"title": "Two", "loop": str(uuid.uuid4())}, "mappings.1.loop"),
        ({"title": "Two", "loop": "not-an-id"}, "mappings.1.loop"),
        ({"title": "Two", "song_id": "x" * 500}, "mappings.1.song_id"),
        ({"title": "🙂🙂", "artist": ""}, "mappings.1.title"),
    ],
)
def test_one_bad_row_names_itself_and_nothing_is_mapped(staff, row, field):
    make_station()
    good = {"artist": "Ana", "title": "One", "loop": str(make_loop().pk)}

    refused = staff.patch(MAPPINGS, {"mappings": [good, {**good, **row}]}, format="json")

    assert refused.status_code == 422
    assert field in {error["field"] for error in refused.json()["errors"]}
    assert kept() == set()


@pytest.mark.parametrize("body", [{}, {"mappings": []}, {"mappings": "x"}, [], {"mappings": [{}] * 1001}])
def test_a_list_that_is_none_is_refused(staff, body):
    make_station()

    assert staff.patch(MAPPINGS, body, format="json").status_code == 422


def test_a_mapping_gets_another_loop_and_keeps_its_song_id(staff):
    station = make_station()
    mapping = make_mapping(station, make_loop("Rain"), song_id="abc")

    answer = staff.patch(f"{MAPPINGS}{mapping.pk}/", {"loop": str(make_loop("Sun").pk)}, format="json")

    assert answer.status_code == 200
    assert kept() == {("ana - blue", "Sun")}
    assert TrackMapping.objects.get().song_id == "abc"


def test_key_and_play_count_are_not_for_writing(staff):
    mapping = make_mapping(make_station(), make_loop("Rain"))

    staff.patch(f"{MAPPINGS}{mapping.pk}/", {"track_key": "stolen", "play_count": 99, "station": "x"}, format="json")

    mapping.refresh_from_db()
    assert (mapping.track_key, mapping.play_count) == ("ana - blue", 0)


def test_another_stations_mapping_is_not_found(staff):
    make_station()
    theirs = make_mapping(make_station("other"), make_loop())

    for method in ("get", "patch", "delete"):
        assert getattr(staff, method)(f"{MAPPINGS}{theirs.pk}/", {}, format="json").status_code == 404
    assert TrackMapping.objects.filter(pk=theirs.pk).exists()
