"""Redis may be away for any time: live pages are not told, and nothing else is different."""

from __future__ import annotations

import json

import pytest
import redis

from config.lib import broadcast
from streaming.asrun.models import Airing
from tests.streaming.nodes.stage import until
from tests.streaming.nodes.studio import change


@pytest.fixture
def nobody_there(settings, tmp_path):
    """Point us at a Redis that does not exist."""
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
    broadcast._client.cache_clear()
    yield
    broadcast._client.cache_clear()


def test_a_track_change_goes_on_air_without_redis(studio, station, nobody_there, caplog):
    studio.node()
    studio.pid(station)
    change(station, "Blue", 1)
    until(lambda: Airing.objects.filter(title="Blue").exists(), "an airing")
    change(station, "Red", 2)
    until(lambda: Airing.objects.filter(title="Red").exists(), "the next airing")
    assert len([record for record in caplog.records if "live pages are not told" in str(record.msg)]) == 1


def test_live_pages_are_told_what_is_on(studio, station, settings):
    with redis.Redis.from_url(settings.REDIS_URL).pubsub(ignore_subscribe_messages=True) as heard:
        heard.subscribe(broadcast.channel(settings.REDIS_URL))
        heard.get_message(timeout=5)
        studio.node()
        studio.pid(station)
        change(station, "Blue", 1)

        def told():
            message = heard.get_message(timeout=0.1)
            said = json.loads(message["data"]) if message else {}
            now = said.get("message", {}).get("now")
            return said if now and now["title"] == "Blue" else None

        said = until(told, "a snapshot")
    assert said["topic"] == f"station:{station.slug}"
    assert said["message"]["on_air"] is True
