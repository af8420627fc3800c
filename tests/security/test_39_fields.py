"""Control 39: a change takes the fields that are said and no others, whatever else is sent with them."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.people.models import Profile, User
from streaming.outputs.services import EDITABLE, add_destination
from tests.factories import make_loop, make_mapping, make_user

pytestmark = pytest.mark.django_db
OFFERED: dict[str, Any] = {
    "BooleanField": True,
    "UUIDField": str(uuid.uuid4()),
    "DateTimeField": "2001-01-01T00:00:00Z",
    "JSONField": {"a": 1},
    "ArrayField": ["a"],
}
NUMBERS = {"IntegerField", "PositiveIntegerField", "PositiveSmallIntegerField", "PositiveBigIntegerField", "FloatField"}


def everything(row):
    """A value for every column of a row, other than the one it has."""
    sent = {}
    for field in row._meta.concrete_fields:
        kind = field.get_internal_type()
        value = OFFERED.get(kind, 7 if kind in NUMBERS else "changed-by-a-stranger")
        value = not getattr(row, field.name) if kind == "BooleanField" else value
        sent[field.name] = sent[field.attname] = value
    return sent


def values(row, without):
    row.refresh_from_db()
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.name not in without}


def api(person):
    client = APIClient()
    client.force_authenticate(person)
    return client


def test_of_oneself_only_what_one_tells(cast):
    person = cast["listener"]
    profile = Profile.objects.create(person=person)
    before = values(person, {"first_name", "last_name"}), values(profile, {"address", "bio", "updated_at"})
    rich = {"role": "admin", "groups": [1, 2], "user_permissions": [1], "balance": 100, "status": "owner"}

    answer = api(person).patch("/api/v1/me/", {**everything(person), **everything(profile), **rich}, format="json")

    assert answer.status_code in {200, 422}
    assert (values(person, {"first_name", "last_name"}), values(profile, {"address", "bio", "updated_at"})) == before
    assert list(person.groups.values_list("name", flat=True)) == ["user"]


def test_of_a_station_only_whether_it_is_on_air(cast):
    station = cast.station
    left = {"wanted_on_air", "updated_at", "restart_wanted_at"}
    before = values(station, left)
    answer = api(cast["operator"]).patch(
        f"/api/v1/stations/{station.slug}/", {**everything(station), "wanted_on_air": True}, format="json"
    )
    assert answer.status_code == 200
    assert values(station, left) == before


def test_of_a_mapping_only_loop_and_song(cast):
    mapping, other = make_mapping(cast.station, make_loop()), make_loop("Other")
    left = {"loop", "song_id", "updated_at"}
    before = values(mapping, left)
    answer = api(cast["editor"]).patch(
        f"/api/v1/stations/{cast.station.slug}/mappings/{mapping.pk}/",
        {**everything(mapping), "loop": str(other.pk), "song_id": "7"},
        format="json",
    )
    assert answer.status_code == 200
    assert values(mapping, left) == before
    assert mapping.loop_id == other.pk


def test_of_a_destination_neither_its_station_nor_what_is_told_of_it(cast):
    row = add_destination(station=cast.station, url="rtmp://live.example.org/app", key="abcd-efgh-ijkl")
    left = {*EDITABLE, "name", "enabled", "updated_at"}
    before = values(row, left)
    sent = {name: value for name, value in everything(row).items() if name not in {*left, "url", "key"}}
    answer = api(cast["operator"]).patch(
        f"/api/v1/stations/{cast.station.slug}/destinations/{row.pk}/", {**sent, "name": "Renamed"}, format="json"
    )
    assert answer.status_code == 200
    assert values(row, left) == before
    assert row.name == "Renamed"


@pytest.mark.parametrize("door", ["/api/v1/auth/register/"])
def test_nobody_registers_as_more_than_a_listener(client, door, mailoutbox):
    told = {"email": "new@example.org", "password": "a long night at the dial"}
    more = {"is_staff": True, "is_superuser": True, "role": "admin", "groups": [1], "is_active": True}
    assert client.post(door, {**told, **more}, content_type="application/json").status_code in {200, 201, 202, 204}
    person = User.objects.get(email="new@example.org")
    assert (person.is_staff, person.is_superuser) == (False, False)
    assert not person.groups.exclude(name="user").exists()


def test_no_answer_tells_what_only_the_database_knows(cast):
    make_user("owner@example.org", is_superuser=True)
    told = set(api(cast["listener"]).get("/api/v1/me/").json())
    assert told == {
        "id", "email", "phone", "first_name", "last_name", "address", "bio", "avatar", "role", "joined_at",
    }  # fmt: skip
