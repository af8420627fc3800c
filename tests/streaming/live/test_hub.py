"""One subscription, the latest value, and a Redis that comes and goes; against a real one."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from redis.asyncio import Redis

from config.lib import broadcast
from streaming.live import hub as hub_module
from streaming.live.hub import Hub, Mailbox, SnapshotAwayError
from tests.streaming.live.waiting import subscriptions, until

TOPIC = "station:night-fm"


async def no_snapshot(topic: str) -> None:
    return None


async def taken(mailbox: Mailbox) -> Any:
    return json.loads(await asyncio.wait_for(mailbox.take(), 5))


@pytest.fixture
async def redis():
    async with Redis.from_url(settings.REDIS_URL) as client:
        yield client


@pytest.fixture
async def hub():
    """A hub whose Redis subscription is up, with one mailbox in it."""
    made = Hub(no_snapshot)
    yield made
    for topic, boxes in list(made._topics.items()):
        for box in list(boxes.mailboxes):
            made.leave(topic, box)


async def test_what_is_said_reaches_every_mailbox_of_its_topic_and_no_other(hub):
    here, there, elsewhere = Mailbox(), Mailbox(), Mailbox()
    hub.join(TOPIC, here)
    hub.join(TOPIC, there)
    hub.join("station:other", elsewhere)
    await subscriptions(1)

    await asyncio.to_thread(broadcast.say, TOPIC, {"title": "Blue ☾"})

    assert await taken(here) == await taken(there) == {"title": "Blue ☾"}
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(elsewhere.take(), 0.05)


async def test_a_thousand_sockets_share_one_subscription(hub):
    boxes = [Mailbox() for _ in range(1000)]
    for number, box in enumerate(boxes):
        hub.join(f"station:s{number % 7}", box)

    await subscriptions(1)


async def test_a_slow_reader_finds_the_latest_value_only(hub):
    slow = Mailbox()
    hub.join(TOPIC, slow)
    await subscriptions(1)
    quick = Mailbox()
    hub.join(TOPIC, quick)

    for number in range(500):
        await asyncio.to_thread(broadcast.say, TOPIC, {"n": number})
    while (await taken(quick))["n"] < 499:
        pass

    assert await taken(slow) == {"n": 499}


async def test_the_last_to_leave_ends_the_subscription(hub):
    box = Mailbox()
    hub.join(TOPIC, box)
    await subscriptions(1)

    hub.leave(TOPIC, box)

    await subscriptions(0)


async def test_after_redis_was_away_everybody_gets_a_whole_snapshot(redis, monkeypatch):
    monkeypatch.setattr(hub_module, "FIRST_WAIT_SECONDS", 0.05)
    states = iter(["first", "while away"])

    async def snapshot(topic: str) -> str:
        return json.dumps({"topic": topic, "is": next(states)})

    hub, box = Hub(snapshot), Mailbox()
    hub.join(TOPIC, box)
    assert await taken(box) == {"topic": TOPIC, "is": "first"}

    assert await redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub") >= 1

    assert await taken(box) == {"topic": TOPIC, "is": "while away"}
    await subscriptions(1)
    await asyncio.to_thread(broadcast.say, TOPIC, {"is": "live again"})
    assert await taken(box) == {"is": "live again"}
    hub.leave(TOPIC, box)


async def test_redis_away_from_the_start_is_waited_for(monkeypatch, caplog):
    monkeypatch.setattr(hub_module, "FIRST_WAIT_SECONDS", 0.01)
    hub = Hub(no_snapshot, url="redis://127.0.0.1:1/0")
    box = Mailbox()
    hub.join(TOPIC, box)

    await until(lambda: caplog.text.count("live.interrupted") >= 3)
    hub.leave(TOPIC, box)


async def test_a_redis_that_answers_nothing_is_given_up_and_tried_again(monkeypatch, caplog):
    monkeypatch.setattr(hub_module, "SIGN_OF_LIFE_SECONDS", 0.05)
    monkeypatch.setattr(hub_module, "FIRST_WAIT_SECONDS", 0.01)

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await reader.read()
        writer.close()

    server = await asyncio.start_server(swallow, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    hub, box = Hub(no_snapshot, url=f"redis://127.0.0.1:{port}/0"), Mailbox()
    hub.join(TOPIC, box)
    await until(lambda: "live.interrupted" in caplog.text)
    hub.leave(TOPIC, box)
    server.close()


@pytest.mark.parametrize("data", [b"not json", b"[]", b'{"topic": 1}', b"{}", b'"x"', b"x" * (200 * 1024)])
async def test_what_cannot_be_read_is_logged_and_passed_over(hub, redis, data, caplog):
    box = Mailbox()
    hub.join(TOPIC, box)
    await subscriptions(1)

    await redis.publish(broadcast.channel(settings.REDIS_URL), data)
    await asyncio.to_thread(broadcast.say, TOPIC, {"n": 1})

    assert await taken(box) == {"n": 1}
    assert "live.message_" in caplog.text


async def test_many_who_join_at_once_share_a_load_but_never_one_that_began_before_them():
    loads: list[asyncio.Future[str]] = []

    async def snapshot(topic: str) -> str:
        loads.append(asyncio.get_running_loop().create_future())
        return await loads[-1]

    hub, boxes = Hub(snapshot, url="redis://127.0.0.1:1/0"), [Mailbox() for _ in range(101)]
    hub.join(TOPIC, boxes[0])
    first = asyncio.create_task(hub.present(TOPIC))
    await until(lambda: len(loads) == 1)
    later = []
    for box in boxes[1:]:
        hub.join(TOPIC, box)
        later.append(asyncio.create_task(hub.present(TOPIC)))

    loads[0].set_result("old")
    await until(lambda: len(loads) == 2)
    loads[1].set_result("new")

    assert await first == "old"
    assert await asyncio.gather(*later) == ["new"] * 100
    assert len(loads) == 2
    for box in boxes:
        hub.leave(TOPIC, box)


async def test_a_database_that_is_away_when_redis_returns_is_waited_for(monkeypatch):
    monkeypatch.setattr(hub_module, "FIRST_WAIT_SECONDS", 0.01)
    answers: Iterator[str | Exception] = iter([SnapshotAwayError("away"), SnapshotAwayError("away"), '{"n": 1}'])

    async def snapshot(topic: str) -> str:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    hub, box = Hub(snapshot), Mailbox()
    hub.join(TOPIC, box)

    assert await taken(box) == {"n": 1}
    hub.leave(TOPIC, box)
