"""What every door of the API does alike; who is let in at which is walked by tests/security/test_37_walk.py."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from streaming.outputs.services import add_destination
from tests.factories import enter, make_api_key, make_loop, make_station, make_user

# Always the same: tests that run side by side must have the same names in every process.
NOBODY = "5d5ff6b0-6d1c-4d0c-9a35-2f1f8d3c7a11"
NOWHERE = [
    ("get", "/api/v1/stations/nowhere/"),
    ("patch", "/api/v1/stations/nowhere/"),
    ("get", "/api/v1/stations/nowhere/now-playing/"),
    ("get", "/api/v1/stations/nowhere/history/"),
    ("get", "/api/v1/stations/nowhere/members/"),
    ("get", "/api/v1/stations/nowhere/mappings/"),
    ("post", "/api/v1/stations/nowhere/mappings/"),
    ("get", "/api/v1/stations/nowhere/destinations/"),
    ("post", "/api/v1/stations/nowhere/destinations/"),
    ("get", "/api/v1/stations/nowhere/recordings/"),
    ("get", "/api/v1/stations/nowhere/presenter-keys/"),
    ("post", "/api/v1/stations/nowhere/handover/"),
    ("get", "/api/v1/stations/night-fm/mappings/999999/"),
    ("delete", "/api/v1/stations/night-fm/members/999999/"),
    ("get", f"/api/v1/stations/night-fm/destinations/{NOBODY}/"),
    ("get", f"/api/v1/stations/night-fm/recordings/{NOBODY}/file/"),
    ("delete", f"/api/v1/stations/night-fm/presenter-keys/{NOBODY}/"),
    ("get", "/api/v1/nodes/nowhere/"),
    ("get", f"/api/v1/loops/{NOBODY}/"),
]


@pytest.fixture
def root(db):
    """A program that may everything."""
    make_station()
    client = APIClient()
    client.force_authenticate(make_user(is_superuser=True))
    return client


@pytest.mark.parametrize(("method", "path"), NOWHERE)
def test_what_is_not_there_is_not_found_even_by_who_may_everything(root, method, path):
    assert getattr(root, method)(path, {}, format="json").status_code == 404


@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v1/nope/", "/api/v2/stations/", "/api/v1/stations"])
def test_unknown_api_paths_answer_a_problem_document(client, path):
    refused = client.get(path)

    assert refused.status_code == 404
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["status"] == 404


def test_a_method_that_does_nothing_says_so_to_anybody(root):
    assert APIClient().put("/api/v1/stations/").status_code == 405
    assert root.options("/api/v1/stations/").status_code == 405


def test_a_key_opens_the_door_and_a_wrong_one_does_not(root):
    _, text = make_api_key(make_user("maker@example.org", is_superuser=True))

    assert APIClient(HTTP_AUTHORIZATION=f"Token {text}").get("/api/v1/loops/").status_code == 200
    refused = APIClient(HTTP_AUTHORIZATION="Token wrong").get("/api/v1/loops/")
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == 'Bearer realm="longwave"'


class TestKeysOfFewPowers:
    """A key may what its person may, less what its scopes leave out."""

    @pytest.fixture
    def stations(self, db):  # noqa: ARG002 - a database to write them to
        return make_station(), make_station("day-fm")

    def client(self, **fields) -> APIClient:
        _, text = make_api_key(make_user(is_superuser=True), **fields)
        return APIClient(HTTP_AUTHORIZATION=f"Bearer {text}")

    def test_a_key_of_one_station_finds_no_other(self, stations):
        night, day = stations
        add_destination(station=day, url="rtmp://live.example.org/app", key="abcd-efgh")
        machine = self.client(stations=[night.pk])

        assert machine.get("/api/v1/stations/night-fm/destinations/").status_code == 200
        assert machine.get("/api/v1/stations/day-fm/destinations/").status_code == 404
        assert machine.patch("/api/v1/stations/day-fm/", {"wanted_on_air": True}, format="json").status_code == 404
        assert machine.get("/api/v1/stations/day-fm/").status_code == 200, "that page is anybody's"

    @pytest.mark.usefixtures("stations")
    def test_a_key_that_reads_changes_nothing(self):
        machine = self.client(actions=["read"])

        assert machine.get("/api/v1/stations/night-fm/destinations/").status_code == 200
        assert machine.patch("/api/v1/stations/night-fm/", {"wanted_on_air": True}, format="json").status_code == 403

    @pytest.mark.usefixtures("stations")
    def test_a_key_of_one_action_does_that_alone(self):
        machine = self.client(actions=["streaming.change_station"])

        assert machine.patch("/api/v1/stations/night-fm/", {"wanted_on_air": False}, format="json").status_code == 200
        assert machine.get("/api/v1/stations/night-fm/destinations/").status_code == 403

    def test_a_key_of_one_station_looks_at_the_house_and_changes_nothing_of_it(self, stations):
        machine = self.client(stations=[stations[0].pk])
        make_loop()

        assert machine.get("/api/v1/loops/").status_code == 200
        assert machine.post("/api/v1/loops/", {}, format="multipart").status_code == 403
        assert machine.post("/api/v1/stations/", {}, format="json").status_code == 403, "another station is not its own"


def test_a_session_without_a_csrf_token_changes_nothing(root):
    client = APIClient(enforce_csrf_checks=True)
    enter(client, make_user("operator@example.org", is_superuser=True, is_staff=True))

    assert client.patch("/api/v1/stations/night-fm/", {"wanted_on_air": True}, format="json").status_code == 403
