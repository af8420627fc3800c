"""Webhooks on the way a web server takes them: many at once, larger than they say, with the database away."""

from __future__ import annotations

import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test import RequestFactory

from config.asgi import application
from streaming.sources.express import WebhooksFirst
from streaming.sources.models import TrackChange
from streaming.sources.services import accept_change
from streaming.sources.titles import title_report
from streaming.sources.views import azuracast_webhook
from streaming.stations.models import Station
from tests.payloads import payload
from tests.streaming.sources.conftest import SECRET

URL = "/webhook/azuracast/night-fm"
BODY = json.dumps(payload("azuracast/song_changed")).encode()


@pytest.mark.django_db(transaction=True)
async def test_500_copies_of_one_play_at_once_are_one_row(station: Station):
    answers = await asyncio.gather(*(_call(application, BODY) for _ in range(500)))
    statuses = [json.loads(body)["status"] for _, body in answers]
    assert {status for status, _ in answers} == {202}
    assert (statuses.count("accepted"), statuses.count("duplicate")) == (1, 499)
    assert await _rows() == 1


@pytest.mark.django_db(transaction=True)
def test_copies_in_parallel_threads_are_one_row(station: Station):
    start = threading.Barrier(6)

    def send(_: int) -> list[str]:
        start.wait()
        try:
            return [json.loads(_view(BODY).content)["status"] for _ in range(80)]
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        statuses = [status for answer in threads.map(send, range(6)) for status in answer]
    assert (statuses.count("accepted"), statuses.count("duplicate")) == (1, 479)
    assert TrackChange.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_ways_that_report_one_song_at_the_same_moment_make_one_change(station: Station):
    start = threading.Barrier(2)
    report = title_report("Chet Porter - Aluko River", 1591548318.0)
    assert report is not None

    def say(origin: str) -> bool:
        start.wait()
        try:
            return accept_change(station=station, report=report, origin=origin)[1]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(say, ["icy", "status"])) == [False, True]
    assert TrackChange.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("piece", [1000, 400_000])
async def test_a_body_without_a_length_is_counted_as_it_comes(station: Station, piece: int):
    large = BODY + b" " * 300 * 1024
    status, body = await _call(application, large, piece=piece)
    assert (status, json.loads(body)["status"]) == (413, 413)
    assert await _rows() == 0
    assert (await _call(application, BODY, piece=piece))[0] == 202


@pytest.mark.django_db(transaction=True)
async def test_a_length_that_lies_is_not_believed(station: Station):
    large = BODY + b" " * 300 * 1024
    assert (await _call(application, large, {"Content-Length": "10"}))[0] == 413
    assert (await _call(application, BODY, {"Content-Length": "10"}))[0] == 202


@pytest.mark.django_db(transaction=True)
async def test_what_is_no_webhook_goes_on_to_the_next_application():
    seen = []

    async def pages(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["path"])

    first = WebhooksFirst(pages)
    for path in ("/", "/stations/night-fm/", "/webhook/", "/webhook/other/night-fm"):
        await first({"type": "http", "path": path}, _nothing, _nothing)
    await first({"type": "websocket", "path": URL}, _nothing, _nothing)
    assert seen == ["/", "/stations/night-fm/", "/webhook/", "/webhook/other/night-fm", URL]


async def test_a_sender_that_goes_away_leaves_nothing():
    async def gone() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def never(_: Any) -> None:
        pytest.fail("there is nobody to answer")

    await WebhooksFirst(_nothing)(_scope({}), gone, never)


@pytest.mark.django_db(transaction=True)
def test_a_table_that_is_locked_is_503_and_nothing_is_half_done(station: Station):
    with _elsewhere("LOCK TABLE streaming_trackchange IN ACCESS EXCLUSIVE MODE"):
        response = _view(BODY)
        assert response.status_code == 503
        assert response["Retry-After"] == "5"
        assert response["Content-Type"] == "application/problem+json"
        assert json.loads(response.content)["status"] == 503
    assert not TrackChange.objects.exists()
    assert _view(BODY).status_code == 202


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_died_is_503_and_the_next_one_works(station: Station):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        own = cursor.fetchone()[0]
    with _elsewhere(f"SELECT pg_terminate_backend({own})"):
        assert _view(BODY).status_code == 503
    connection.close()
    assert not TrackChange.objects.exists()
    assert _view(BODY).status_code == 202


@pytest.mark.django_db(transaction=True)
def test_a_station_that_is_locked_by_its_editor_is_reported_to_all_the_same(station: Station):
    with _elsewhere("SELECT 1 FROM streaming_station FOR NO KEY UPDATE"):
        assert _view(BODY).status_code == 202


def _view(body: bytes) -> Any:
    request = RequestFactory().post(URL, body, "application/json", headers={"X-Webhook-Secret": SECRET})
    return azuracast_webhook(request, "night-fm")


class _elsewhere:  # noqa: N801 - reads as what it does
    """Runs a statement in a transaction of another connection, and ends it."""

    def __init__(self, statement: str) -> None:
        self.statement = statement
        self.connection = connection.copy()

    def __enter__(self) -> None:
        self.connection.set_autocommit(False)
        with self.connection.cursor() as cursor:
            cursor.execute(self.statement)

    def __exit__(self, *_: object) -> None:
        self.connection.rollback()
        self.connection.close()


@sync_to_async
def _rows() -> int:
    try:
        return TrackChange.objects.count()
    finally:
        connection.close()  # asgiref's thread outlives the test


async def _nothing(*_: Any) -> Any:
    pass


def _scope(headers: dict[str, str]) -> dict[str, Any]:
    headers = {"Host": "localhost", "X-Webhook-Secret": SECRET, **headers}
    return {
        "type": "http",
        "method": "POST",
        "path": URL,
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 4711),
        "server": ("127.0.0.1", 8000),
    }


async def _call(
    asgi: Any,
    body: bytes,
    headers: dict[str, str] | None = None,
    *,
    piece: int = 65_536,
) -> tuple[int, bytes]:
    """Send one request as a web server does, in pieces; return status and body."""
    pieces = [body[at : at + piece] for at in range(0, len(body), piece)]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await asgi(_scope(headers or {}), receive, send)
    return sent[0]["status"], sent[1]["body"]
