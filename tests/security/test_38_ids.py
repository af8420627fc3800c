"""Control 38: ids cannot be counted through, and a row of another station answers as one that is not there."""

from __future__ import annotations

import uuid

import pytest
from django.apps import apps
from django.db.models import UUIDField

from streaming.outputs.services import add_destination
from tests.factories import enter

OPAQUE = [
    "accounts.User",
    "accounts.ApiKey",
    "accounts.TokenFamily",
    "catalog.Loop",
    "catalog.Track",
    "streaming.AlertChannel",
    "streaming.Destination",
    "streaming.PresenterKey",
    "streaming.Recording",
    "streaming.Station",
]


@pytest.mark.parametrize("label", OPAQUE)
def test_what_addresses_name_has_a_random_id(label: str):
    key = apps.get_model(label)._meta.pk
    assert isinstance(key, UUIDField)
    assert key.get_default() != key.get_default()
    assert uuid.UUID(str(key.get_default())).version in {4, 7}


@pytest.mark.django_db
def test_anothers_row_and_no_row_answer_alike(client, cast):
    operator = cast["operator"]
    enter(client, operator)
    theirs = add_destination(station=cast.elsewhere, name="Theirs", url="rtmp://a.example/live", key="abcd-efgh-ijkl")
    mine = f"/api/v1/stations/{cast.station.slug}/destinations/"
    for method in ("get", "delete", "patch"):
        foreign = getattr(client, method)(f"{mine}{theirs.pk}/", content_type="application/json")
        absent = getattr(client, method)(f"{mine}{uuid.uuid4()}/", content_type="application/json")
        assert (foreign.status_code, absent.status_code) == (404, 404), method
        assert {**foreign.json(), "instance": ""} == {**absent.json(), "instance": ""}
    for path in (f"/api/v1/stations/{cast.elsewhere.slug}/destinations/", "/api/v1/stations/no-such/destinations/"):
        assert client.get(path).status_code == 404, path
    theirs.refresh_from_db()
