"""The live socket as a browser or a program meets it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.db import OperationalError

from config.lib import broadcast
from config.sockets import websocket_application
from streaming.live.queries import station_snapshot
from streaming.nodes.models import Encoder
from tests.factories import make_airing, make_station
from tests.streaming.live.waiting import subscriptions

pytestmark = pytest.mark.django_db(transaction=True)


def socket(slug: str = "night-fm", origin: str | None = "http://localhost") -> WebsocketCommunicator:
    headers = [(b"host", b"localhost")]
    if origin:
        headers.append((b"origin", origin.encode()))
    return WebsocketCommunicator(websocket_application(), f"/ws/stations/{slug}/", headers=headers)


async def received(link: WebsocketCommunicator) -> Any:
    return json.loads(await link.receive_from(timeout=5))


async def test_the_first_message_is_the_whole_station():
    station = await database_sync_to_async(make_station)(state=Encoder.State.RUNNING)
    await database_sync_to_async(make_airing)(station, "Blue")
    link = socket()

    assert (await link.connect())[0] is True
    told = await received(link)

    assert told["now"]["title"] == "Blue"
    assert {"slug", "name", "on_air", "state", "since", "now", "history", "listeners"} <= told.keys()
    await link.disconnect()


async def test_a_change_is_forwarded_to_all_who_listen():
    station = await database_sync_to_async(make_station)(state=Encoder.State.RUNNING)
    links = [socket(), socket()]
    for link in links:
        await link.connect()
        await received(link)
    await subscriptions(1)

    await database_sync_to_async(make_airing)(station, "Harbour")
    snapshot = await database_sync_to_async(station_snapshot)(station)
    await asyncio.to_thread(broadcast.say, "station:night-fm", snapshot)

    for link in links:
        told = await received(link)
        while told["now"] is None:  # the snapshot that followed the subscription
            told = await received(link)
        assert told["now"]["title"] == "Harbour"
        await link.disconnect()


async def test_an_unknown_station_closes_with_4404():
    link = socket("nowhere")
    assert (await link.connect())[0] is True

    closed = await link.receive_output(timeout=5)

    assert (closed["type"], closed["code"]) == ("websocket.close", 4404)


async def test_another_sites_page_is_refused():
    await database_sync_to_async(make_station)()

    assert (await socket(origin="https://evil.example").connect())[0] is False


async def test_a_program_without_an_origin_is_let_in():
    await database_sync_to_async(make_station)()
    link = socket(origin=None)

    assert (await link.connect())[0] is True
    await link.disconnect()


async def test_long_messages_from_outside_end_the_connection():
    await database_sync_to_async(make_station)()
    link = socket()
    await link.connect()
    await received(link)

    await link.send_to(text_data="x" * 5000)

    assert (await link.receive_output(timeout=5))["code"] == 1009


async def test_who_leaves_is_forgotten():
    await database_sync_to_async(make_station)()
    link = socket()
    await link.connect()
    await received(link)
    await subscriptions(1)

    await link.disconnect()

    await subscriptions(0)


async def test_while_the_database_is_away_the_browser_is_told_to_try_again_later(monkeypatch):
    await database_sync_to_async(make_station)()

    def away(slug: str) -> None:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr("streaming.live.consumers._read", away)
    link = socket()
    await link.connect()

    assert (await link.receive_output(timeout=5))["code"] == 1013
    await subscriptions(0)
