"""Destinations as programs meet them: keys go in and never come out."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from streaming.outputs.models import Destination
from streaming.outputs.services import stream_key
from tests.factories import make_station, make_user

pytestmark = pytest.mark.django_db
DESTINATIONS = "/api/v1/stations/night-fm/destinations/"
KEY = "abcd-efgh-ijkl-mnop"


@pytest.fixture
def staff():
    client = APIClient()
    client.force_authenticate(make_user("operator@example.org", is_staff=True, is_superuser=True))
    return client


def add(staff: APIClient, **change: object):
    body = {"url": "rtmp://live.example.org/app", "key": KEY, **change}
    return staff.post(DESTINATIONS, body, format="json")


def test_a_key_is_kept_sealed_and_only_its_end_is_told(staff):
    make_station()

    made = add(staff)

    assert made.status_code == 201, made.json()
    told = staff.get(f"{DESTINATIONS}{made.json()['id']}/")
    assert told.json()["key"] == "••••mnop"
    for answer in (made, told, staff.get(DESTINATIONS)):
        assert KEY not in answer.content.decode()
    assert KEY.encode() not in bytes(Destination.objects.get().key_sealed)


def test_a_key_is_replaced(staff):
    make_station()
    made = add(staff).json()

    answer = staff.patch(f"{DESTINATIONS}{made['id']}/", {"key": "zyxw-vuts-rqpo"}, format="json")

    assert answer.json()["key"] == "••••rqpo"
    assert stream_key(Destination.objects.get()) == "zyxw-vuts-rqpo"


def test_a_destination_is_left_out_and_taken_back_without_its_key(staff):
    make_station()
    made = add(staff).json()
    for enabled in (False, True):
        answer = staff.patch(f"{DESTINATIONS}{made['id']}/", {"enabled": enabled}, format="json")
        assert answer.json()["enabled"] is enabled
    assert stream_key(Destination.objects.get()) == KEY


def test_a_destination_is_forgotten(staff):
    make_station()
    made = add(staff).json()

    assert staff.delete(f"{DESTINATIONS}{made['id']}/").status_code == 204
    assert not Destination.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "http://live.example.org/app"}, "url"),
        ({"url": "rtmp://"}, "url"),
        ({"url": ""}, "url"),
        ({"key": "a b\nc"}, "key"),
        ({"name": "x" * 200}, "name"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(staff, change, field):
    make_station()

    refused = add(staff, **change)

    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == [field]
    assert not Destination.objects.exists()


def test_figures_are_not_for_writing(staff):
    make_station()
    made = add(staff).json()

    change = {"bytes_total": 7, "connected": True, "kind": "srt", "platform": "youtube", "down_since": "2026-01-01"}
    staff.patch(f"{DESTINATIONS}{made['id']}/", change, format="json")

    row = Destination.objects.get()
    assert (row.bytes_total, row.connected, row.kind, row.platform, row.down_since) == (0, False, "rtmp", "", None)


def test_all_that_can_be_said_is_kept_and_told(staff):
    make_station()
    body = {
        "url": "rtmp://10.0.0.8/app", "allow_private": True, "backup_url": "rtmp://10.0.0.9/app", "backup": "standby",
        "renew_after_s": 42_600,
    }  # fmt: skip
    told = add(staff, **body).json()
    assert {name: told[name] for name in body} == body
    assert (told["kind"], told["state"], told["warnings"]) == ("rtmp", "", [])


def test_a_private_address_needs_the_operators_word(staff):
    make_station()
    refused = add(staff, url="rtmp://10.0.0.8/app")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "url")


def test_an_address_is_changed_without_its_key(staff):
    make_station()
    made = add(staff).json()
    answer = staff.patch(f"{DESTINATIONS}{made['id']}/", {"url": "rtmp://other.example.org/app"}, format="json")
    assert (answer.json()["url"], answer.json()["key"]) == ("rtmp://other.example.org/app", "••••mnop")
    assert stream_key(Destination.objects.get()) == KEY


def test_a_passphrase_goes_in_and_never_comes_out(staff):
    make_station()
    secret = "0123456789abcdef"
    made = add(staff, url="srt://live.example.org:9999", key="id-of-stream", passphrase=secret)
    told = staff.get(f"{DESTINATIONS}{made.json()['id']}/")
    assert told.json()["has_passphrase"] is True
    for answer in (made, told):
        assert secret not in answer.content.decode()


def test_a_broken_rule_is_told(staff):
    make_station()
    told = add(staff, url="twitch").json()
    assert "constant" in told["warnings"][0]


def test_a_destination_is_tried_and_renewed(staff):
    make_station()
    made = add(staff, url="rtmp://127.0.0.1:9/app", allow_private=True).json()
    trial = staff.post(f"{DESTINATIONS}{made['id']}/trial/").json()
    assert (trial["ok"], "nothing listens" in trial["sentence"]) == (False, True)
    assert staff.post(f"{DESTINATIONS}{made['id']}/renewal/").status_code == 202
    assert Destination.objects.get().renew_wanted_at is not None
    staff.patch(f"{DESTINATIONS}{made['id']}/", {"enabled": False}, format="json")
    assert staff.post(f"{DESTINATIONS}{made['id']}/renewal/").status_code == 422


def test_another_stations_destination_is_not_found(staff):
    make_station()
    made = add(staff).json()
    make_station("other")

    path = f"/api/v1/stations/other/destinations/{made['id']}/"
    for method in ("get", "patch", "delete"):
        assert getattr(staff, method)(path, {}, format="json").status_code == 404
    assert Destination.objects.exists()
