"""Every API route, as anonymous, as a user without staff rights, as staff. A route that is not listed here fails."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from django.urls import URLPattern, URLResolver
from rest_framework.test import APIClient

from config.urls import urlpatterns
from streaming.ingest.services import create_presenter_key
from streaming.nodes.models import Node
from streaming.outputs.services import add_destination
from tests.factories import enter, make_api_key, make_loop, make_mapping, make_recording, make_station, make_user

if TYPE_CHECKING:
    from collections.abc import Iterator

# Route name and method: what anonymous, a user and staff are answered. Staff is 404 or 422 where the request would
# go on to change something: being let past the door is what is tested here.
PUBLIC, STAFF = "public", "staff"
TABLE: dict[tuple[str, str], tuple[str, int]] = {
    ("station-list", "get"): (PUBLIC, 200),
    ("station-list", "post"): (STAFF, 422),
    ("station-detail", "get"): (PUBLIC, 200),
    ("station-detail", "patch"): (STAFF, 422),
    ("now-playing", "get"): (PUBLIC, 200),
    ("history", "get"): (PUBLIC, 200),
    ("mapping-list", "get"): (STAFF, 200),
    ("mapping-list", "post"): (STAFF, 422),
    ("mapping-list", "patch"): (STAFF, 422),
    ("mapping-detail", "get"): (STAFF, 200),
    ("mapping-detail", "patch"): (STAFF, 200),
    ("mapping-detail", "delete"): (STAFF, 204),
    ("destination-list", "get"): (STAFF, 200),
    ("destination-list", "post"): (STAFF, 422),
    ("destination-detail", "get"): (STAFF, 200),
    ("destination-detail", "patch"): (STAFF, 200),
    ("destination-detail", "delete"): (STAFF, 204),
    ("platform-list", "get"): (STAFF, 200),
    ("platform-account-list", "get"): (STAFF, 200),
    ("destination-trial", "post"): (STAFF, 200),
    ("destination-renewal", "post"): (STAFF, 202),
    ("recording-list", "get"): (STAFF, 200),
    ("recording-detail", "get"): (STAFF, 200),
    ("recording-detail", "delete"): (STAFF, 204),
    ("recording-file", "get"): (STAFF, 404),
    ("presenter-key-list", "get"): (STAFF, 200),
    ("presenter-key-list", "post"): (STAFF, 422),
    ("presenter-key-detail", "delete"): (STAFF, 204),
    ("alert-list", "get"): (STAFF, 200),
    ("node-list", "get"): (STAFF, 200),
    ("node-detail", "get"): (STAFF, 200),
    ("node-detail", "patch"): (STAFF, 200),
    ("station-handover", "post"): (STAFF, 409),
    ("loop-list", "get"): (STAFF, 200),
    ("loop-list", "post"): (STAFF, 422),
    ("loop-detail", "get"): (STAFF, 200),
}
METHODS = ("get", "post", "put", "patch", "delete")


def routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, str, str]]:
    """Name, method and path of every operation under /api/v1/."""
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, path)
        elif path.startswith("api/v1/"):
            actions = getattr(pattern.callback, "actions", None)
            assert actions, f"{path} is no viewset route: this test does not know its methods"
            for method in actions:
                yield str(pattern.name), method, "/" + path


FOUND = {(name, method): path for name, method, path in routes(urlpatterns)}


def test_every_route_is_in_the_table_and_nothing_else():
    assert FOUND.keys() == TABLE.keys()


@pytest.fixture
def house(db):
    """One of everything, so that every path leads somewhere."""
    station = make_station()
    loop = make_loop()
    key, _ = create_presenter_key(station=station, name="Ayu", created_by=None)
    return {
        "<slug:slug>": station.slug,
        "<int:pk>": make_mapping(station, loop).pk,
        "loops/<uuid:pk>": f"loops/{loop.pk}",
        "nodes/<str:name>": f"nodes/{Node.objects.create(name='one').name}",
        "recordings/<uuid:pk>": f"recordings/{make_recording(station).pk}",
        "presenter-keys/<uuid:pk>": f"presenter-keys/{key.pk}",
        "<uuid:pk>": add_destination(station=station, url="rtmp://live.example.org/app", key="abcd-efgh-ijkl").pk,
    }


def answer(operation: tuple[str, str], house: dict[str, object], user=None) -> int:
    path = FOUND[operation]
    for part, value in house.items():
        path = path.replace(part, str(value))
    client = APIClient()
    client.force_authenticate(user)
    kind = "multipart" if "loops" in path else "json"
    return int(getattr(client, operation[1])(path, {}, format=kind).status_code)


@pytest.mark.parametrize("operation", TABLE)
def test_strangers_get_what_is_public_and_are_asked_who_they_are_for_the_rest(operation, house):
    door, status = TABLE[operation]

    assert answer(operation, house) == (status if door == PUBLIC else 401)


@pytest.mark.parametrize("operation", TABLE)
def test_users_without_staff_rights_get_no_more_than_strangers(operation, house):
    door, status = TABLE[operation]

    assert answer(operation, house, make_user()) == (status if door == PUBLIC else 403)


@pytest.mark.parametrize("operation", TABLE)
def test_staff_is_let_in_everywhere(operation, house):
    assert answer(operation, house, make_user(is_staff=True)) == TABLE[operation][1]


@pytest.mark.parametrize(
    "operation",
    [key for key, (_, status) in TABLE.items() if status != 422 and "<" in FOUND.get(key, "")],
)
def test_what_is_not_there_is_not_found_even_by_staff(operation, house):
    nothing = {"<slug:slug>": "nowhere", "<int:pk>": 999_999, "<uuid:pk>": uuid.uuid4(), "<str:name>": "nowhere"}

    assert answer(operation, nothing, make_user(is_staff=True)) == 404


@pytest.mark.parametrize(
    "operation", [("mapping-list", "post"), ("destination-list", "post"), ("mapping-list", "patch")]
)
def test_a_good_request_to_no_station_is_not_found(operation, house):
    client = APIClient()
    client.force_authenticate(make_user(is_staff=True))
    mapping = {"title": "Blue", "loop": str(make_loop().pk)}
    body = {**mapping, "url": "rtmp://live.example.org/app", "key": "abcd-efgh", "mappings": [mapping]}

    path = FOUND[operation].replace("<slug:slug>", "nowhere")
    assert getattr(client, operation[1])(path, body, format="json").status_code == 404


@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v1/nope/", "/api/v2/stations/", "/api/v1/stations"])
def test_unknown_api_paths_answer_a_problem_document(client, path):
    refused = client.get(path)

    assert refused.status_code == 404
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["status"] == 404


def test_a_token_opens_the_door_and_a_wrong_one_does_not(house):
    _, text = make_api_key(make_user(is_superuser=True))

    assert APIClient(HTTP_AUTHORIZATION=f"Token {text}").get("/api/v1/loops/").status_code == 200
    refused = APIClient(HTTP_AUTHORIZATION="Token wrong").get("/api/v1/loops/")
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == 'Bearer realm="longwave"'


def test_a_session_without_a_csrf_token_changes_nothing(house):
    client = APIClient(enforce_csrf_checks=True)
    enter(client, make_user(is_staff=True))

    assert client.patch("/api/v1/stations/night-fm/", {"wanted_on_air": True}, format="json").status_code == 403
