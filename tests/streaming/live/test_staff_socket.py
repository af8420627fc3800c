"""Staff watch the destinations of a station live; nobody else learns where it is sent."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from rest_framework.test import APIClient

from accounts.keys.api_keys import revoke_key
from accounts.people.models import User
from config.lib import broadcast
from config.sockets import websocket_application
from streaming.live import staff
from streaming.live.destinations import destinations_snapshot
from streaming.outputs.models import Destination
from streaming.outputs.services import add_destination
from tests.factories import enter, make_api_key, make_station, make_user
from tests.streaming.live.waiting import subscriptions

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "abcd-efgh-1234"
ALL = {"is_staff": True, "is_superuser": True}


@pytest.fixture
def destination():
    return add_destination(station=make_station(), url="rtmp://live.example.org/app", key=KEY)


def socket(slug: str = "night-fm", **headers: str) -> WebsocketCommunicator:
    sent = [(b"host", b"localhost"), (b"origin", b"http://localhost")]
    sent += [(name.encode(), value.encode()) for name, value in headers.items()]
    return WebsocketCommunicator(websocket_application(), f"/ws/stations/{slug}/destinations/", headers=sent)


def ticket(topic: str = "destinations:night-fm", browser: APIClient | None = None, **fields) -> str:
    browser = browser or enter(APIClient(), make_user("someone@example.org", **{**ALL, **fields}))
    return str(browser.post("/api/v1/auth/tickets/", {"topic": topic}, format="json").data["ticket"])


make_ticket = database_sync_to_async(ticket)


async def opened(text: str) -> WebsocketCommunicator:
    link = socket()
    await link.connect()
    await link.send_json_to({"ticket": text})
    return link


async def closed_with(link: WebsocketCommunicator, within: float = 5) -> int:
    closed = await link.receive_output(timeout=within)
    while closed["type"] == "websocket.send":
        closed = await link.receive_output(timeout=within)
    return int(closed["code"])


async def told(link) -> Any:
    return json.loads(await link.receive_from(timeout=8))


async def test_an_operator_sees_every_destination_and_no_key(destination):
    link = await opened(await make_ticket())
    first = await told(link)
    (one,) = first["destinations"]
    assert (one["name"], one["connected"], one["bytes"]) == ("live.example.org", False, 0)
    assert {"state", "error", "reconnects", "dropped", "uptime_seconds", "queued_ms", "warnings"} <= one.keys()
    assert KEY not in json.dumps(first)
    await link.disconnect()


async def test_a_change_is_sent_at_once_and_figures_again_and_again(destination, monkeypatch):
    monkeypatch.setattr(staff, "FRESH_SECONDS", 0.3)
    link = await opened(await make_ticket())
    await told(link)
    await subscriptions(1)
    await database_sync_to_async(Destination.objects.update)(connected=True, bytes_total=5)
    snapshot = await database_sync_to_async(destinations_snapshot)(destination.station)
    await asyncio.to_thread(broadcast.say, "destinations:night-fm", snapshot)
    while not (await told(link))["destinations"][0]["connected"]:
        pass
    await database_sync_to_async(Destination.objects.update)(bytes_total=77)
    while (await told(link))["destinations"][0]["bytes"] != 77:
        pass
    await link.disconnect()


@pytest.mark.parametrize("scheme", ["Token", "Bearer"])
async def test_a_program_comes_in_with_its_key(destination, scheme):
    person = await database_sync_to_async(make_user)(**ALL)
    _, text = await database_sync_to_async(make_api_key)(person, actions=["read"])
    link = socket(authorization=f"{scheme} {text}")
    await link.connect()
    assert (await told(link))["slug"] == "night-fm"
    await link.disconnect()


async def test_a_ticket_may_come_as_the_subprotocol(destination):
    link = socket()
    link.scope["subprotocols"] = ["longwave", f"ticket.{await make_ticket()}"]
    assert await link.connect() == (True, "longwave")
    assert (await told(link))["slug"] == "night-fm"
    await link.disconnect()


@pytest.mark.parametrize("header", ["Token 0000", "Bearer not.a.token", "Basic abc", "Token"])
async def test_a_wrong_key_closes_the_socket(destination, header):
    link = socket(authorization=header)
    await link.connect()
    assert await closed_with(link) == 4403


async def test_a_key_of_another_station_closes_the_socket(destination):
    person = await database_sync_to_async(make_user)(**ALL)
    other = await database_sync_to_async(make_station)("day-fm")
    _, text = await database_sync_to_async(make_api_key)(person, stations=[other.pk])
    link = socket(authorization=f"Token {text}")
    await link.connect()
    assert await closed_with(link) == 4403


async def test_whoever_says_nothing_is_not_told_and_does_not_stay(destination, monkeypatch):
    monkeypatch.setattr(staff, "TICKET_WAIT_SECONDS", 0.2)
    link = socket()
    await link.connect()
    assert await closed_with(link) == 4403


@pytest.mark.parametrize("ending", ["signing out", "losing the role", "closing the account", "the key revoked"])
async def test_an_open_socket_ends_with_what_opened_it(destination, monkeypatch, ending):
    monkeypatch.setattr(staff, "FRESH_SECONDS", 0.1)
    monkeypatch.setattr(staff, "ASKED_AGAIN_SECONDS", 0.1)
    person = await database_sync_to_async(make_user)("someone@example.org", **ALL)
    browser = await database_sync_to_async(enter)(APIClient(), person)
    if ending == "the key revoked":
        key, text = await database_sync_to_async(make_api_key)(person)
        link = socket(authorization=f"Token {text}")
        await link.connect()
    else:
        link = await opened(await make_ticket(browser=browser))
    await told(link)
    if ending == "signing out":
        await database_sync_to_async(browser.logout)()
    elif ending == "the key revoked":
        await database_sync_to_async(revoke_key)(key=key)
    else:
        field = "is_superuser" if ending == "losing the role" else "is_active"
        await database_sync_to_async(User.objects.filter(pk=person.pk).update)(**{field: False})
    assert await closed_with(link) == 4403


async def test_a_person_holds_so_many_sockets_and_no_more(destination, settings):
    settings.WEBSOCKETS_PER_PERSON = 1
    browser = await database_sync_to_async(enter)(APIClient(), await database_sync_to_async(make_user)(**ALL))
    first = await opened(await make_ticket(browser=browser))
    await told(first)
    second = await opened(await make_ticket(browser=browser))
    assert await closed_with(second) == 4429
    await first.disconnect()
    third = await opened(await make_ticket(browser=browser))
    await told(third)
    await third.disconnect()
