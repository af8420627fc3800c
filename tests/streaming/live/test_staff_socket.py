"""Staff watch the destinations of a station live; nobody else learns where it is sent."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client
from rest_framework.authtoken.models import Token

from config.lib import broadcast
from config.sockets import websocket_application
from streaming.live import staff
from streaming.live.destinations import destinations_snapshot
from streaming.outputs.models import Destination
from streaming.outputs.services import add_destination
from tests.factories import enter, make_station, make_user
from tests.streaming.live.waiting import subscriptions

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "abcd-efgh-1234"


@pytest.fixture
def destination():
    return add_destination(station=make_station(), url="rtmp://live.example.org/app", key=KEY)


def socket(slug: str = "night-fm", **headers: str) -> WebsocketCommunicator:
    sent = [(b"host", b"localhost"), (b"origin", b"http://localhost")]
    sent += [(name.encode(), value.encode()) for name, value in headers.items()]
    return WebsocketCommunicator(websocket_application(), f"/ws/stations/{slug}/destinations/", headers=sent)


def signed_in(**fields) -> str:
    browser = Client()
    enter(browser, make_user("someone@example.org", **fields))
    return f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"


async def told(link) -> Any:
    return json.loads(await link.receive_from(timeout=8))


async def test_an_operator_sees_every_destination_and_no_key(destination):
    cookie = await database_sync_to_async(signed_in)(is_staff=True, is_superuser=True)
    link = socket(cookie=cookie)
    assert (await link.connect())[0] is True
    first = await told(link)
    (one,) = first["destinations"]
    assert (one["name"], one["connected"], one["bytes"]) == ("live.example.org", False, 0)
    assert {"state", "error", "reconnects", "dropped", "uptime_seconds", "queued_ms", "warnings"} <= one.keys()
    assert KEY not in json.dumps(first)
    await link.disconnect()


async def test_a_change_is_sent_at_once_and_figures_again_and_again(destination, monkeypatch):
    monkeypatch.setattr(staff, "FRESH_SECONDS", 0.3)
    cookie = await database_sync_to_async(signed_in)(is_staff=True, is_superuser=True)
    link = socket(cookie=cookie)
    await link.connect()
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


async def test_a_program_comes_in_with_its_token(destination):
    user = await database_sync_to_async(make_user)(is_staff=True, is_superuser=True)
    token = await database_sync_to_async(Token.objects.create)(user=user)
    link = socket(authorization=f"Token {token.key}")
    await link.connect()
    assert (await told(link))["slug"] == "night-fm"
    await link.disconnect()


@pytest.mark.parametrize("who", ["a stranger", "a listener", "staff without the permission", "a wrong token"])
async def test_nobody_else_is_told(destination, who):
    headers = {}
    if who in ("a listener", "staff without the permission"):
        headers["cookie"] = await database_sync_to_async(signed_in)(is_staff="staff" in who)
    elif who == "a wrong token":
        headers["authorization"] = "Token 0000"
    link = socket(**headers)
    await link.connect()
    closed = await link.receive_output(timeout=5)
    assert (closed["type"], closed.get("code")) == ("websocket.close", 4403)


async def test_an_unknown_station_closes_with_4404(destination):
    cookie = await database_sync_to_async(signed_in)(is_staff=True, is_superuser=True)
    link = socket("nowhere", cookie=cookie)
    await link.connect()
    closed = await link.receive_output(timeout=5)
    assert (closed["type"], closed["code"]) == ("websocket.close", 4404)
