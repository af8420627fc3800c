"""Control 34: origin, tickets of one use and one minute for one topic, caps, and nothing secret in a URL."""

from __future__ import annotations

import json
from typing import Any
from unittest import mock

import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings as product
from redis import Redis
from rest_framework.test import APIClient

from accounts.keys import tickets
from config.serving import LARGEST
from config.sockets import websocket_application
from streaming.live.crowd import crowd
from streaming.outputs.services import add_destination
from tests.factories import enter, make_station, make_user

pytestmark = pytest.mark.django_db(transaction=True)
TOPIC = "destinations:night-fm"


@pytest.fixture
def destination():
    return add_destination(station=make_station(), url="rtmp://live.example.org/app", key="abcd-efgh-1234")


@pytest.fixture
def browser():
    return enter(APIClient(), make_user("someone@example.org", is_staff=True, is_superuser=True))


def ask(browser: APIClient, topic: str = TOPIC):
    return browser.post("/api/v1/auth/tickets/", {"topic": topic}, format="json")


def socket(
    path: str = "/ws/stations/night-fm/destinations/", origin: str = "http://localhost", **headers: str
) -> WebsocketCommunicator:
    sent = [(b"host", b"localhost"), (b"origin", origin.encode())]
    sent += [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    link = WebsocketCommunicator(websocket_application(), path, headers=sent)
    link.scope["client"] = ["192.0.2.1", 5000]
    return link


async def answer(ticket: str, path: str = "/ws/stations/night-fm/destinations/") -> str:
    """What a socket with this ticket is told first: its content, or the code it is closed with."""
    link = socket(path)
    await link.connect()
    await link.send_json_to({"ticket": ticket})
    said = await link.receive_output(timeout=5)
    await link.disconnect()
    return str(said.get("text") or said.get("code"))


async def test_a_foreign_origin_is_refused_whatever_it_brings(destination, browser):
    ticket = (await database_sync_to_async(ask)(browser)).data["ticket"]
    link = socket(origin="https://evil.example")
    link.scope["subprotocols"] = ["longwave", f"ticket.{ticket}"]
    assert (await link.connect())[0] is False


async def test_a_ticket_opens_its_topic_once(destination, browser):
    ticket = (await database_sync_to_async(ask)(browser)).data["ticket"]
    assert json.loads(await answer(ticket))["slug"] == "night-fm"
    assert await answer(ticket) == "4403"


async def test_a_ticket_of_one_station_opens_no_other(destination, browser):
    await database_sync_to_async(make_station)("day-fm")
    ticket = (await database_sync_to_async(ask)(browser)).data["ticket"]
    assert await answer(ticket, "/ws/stations/day-fm/destinations/") == "4403"


async def test_a_session_cookie_alone_opens_nothing_private(destination, browser):
    link = socket(cookie=f"{product.SESSION_COOKIE_NAME}={browser.cookies[product.SESSION_COOKIE_NAME].value}")
    await link.connect()
    await link.send_to("{}")
    assert (await link.receive_output(timeout=5))["code"] == 4403
    await link.disconnect()


def test_a_ticket_lasts_a_minute_and_lies_in_redis_as_a_digest(destination, browser):
    ticket = ask(browser).data["ticket"]
    redis = Redis.from_url(product.REDIS_URL)
    key = tickets._key(ticket)
    left: Any = redis.ttl(key)
    kept: Any = redis.get(key)
    assert 0 < left <= 60
    assert ticket not in key
    assert not [word for word in (ticket, "someone", "night-fm") if word.encode() in kept]


@pytest.mark.parametrize("topic", ["destinations:day-fm", "stations:night-fm", "night-fm", "destinations:", "x" * 100])
def test_there_is_no_ticket_for_what_somebody_may_not_see(destination, topic):
    make_station("day-fm")
    for person in (make_user("listener@example.org"), make_user("other@example.org", is_staff=True)):
        assert ask(enter(APIClient(), person), topic).status_code == 404


def test_nobody_gets_a_ticket_without_signing_in_or_without_the_second_factor(destination):
    assert ask(APIClient()).status_code == 401
    half = APIClient()
    half.force_login(make_user("someone@example.org", is_staff=True, is_superuser=True))
    assert ask(half).status_code in (401, 403)


def test_without_redis_there_are_no_tickets_and_none_is_believed(destination, browser, settings):
    away = tickets._client("redis://127.0.0.1:1")
    with mock.patch.object(tickets, "_client", return_value=away):
        assert ask(browser).status_code == 503
        assert tickets.take("anything") is None


async def test_one_address_holds_so_many_sockets_and_no_more(destination, settings):
    settings.WEBSOCKETS_PER_ADDRESS = 2
    links = [socket("/ws/stations/night-fm/") for _ in range(3)]
    assert [(await link.connect())[0] for link in links] == [True, True, False]
    await links[0].disconnect()
    again = socket("/ws/stations/night-fm/", x_forwarded_for="198.51.100.7")
    assert (await again.connect())[0] is True, "one has gone; what it claims to be does not matter"
    more = socket("/ws/stations/night-fm/", x_forwarded_for="198.51.100.8")
    assert (await more.connect())[0] is False
    for link in (links[1], again):
        await link.disconnect()
    assert not crowd._held


async def test_a_long_message_and_many_messages_end_the_socket(destination):
    long, many = socket("/ws/stations/night-fm/"), socket("/ws/stations/night-fm/")
    codes = []
    for link, messages in ((long, ["x" * 2000]), (many, ["x"] * 61)):
        await link.connect()
        for message in messages:
            await link.send_to(message)
        said = await link.receive_output(timeout=5)
        while said["type"] == "websocket.send":
            said = await link.receive_output(timeout=5)
        codes.append(said["code"])
        await link.disconnect()
    assert codes == [1009, 1008]


def test_the_server_reads_no_frame_beyond_16_kilobytes():
    assert LARGEST == {"websocket_max_message_size": 16_384, "websocket_max_frame_size": 16_384}
