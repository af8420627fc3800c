"""Control 49: the queue takes JSON alone, and database and queue are nobody's but ours."""

from __future__ import annotations

import stat

import pytest
import yaml
from celery import current_app
from django.conf import settings
from kombu.exceptions import ContentDisallowed
from kombu.serialization import dumps, loads

from config.home import BASE_DIR
from config.lib.places import Places
from config.services import postgres, valkey

COMPOSE = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())


def test_a_pickle_in_the_queue_is_not_opened():
    assert list(current_app.conf.accept_content) == ["json"]
    assert current_app.conf.task_serializer == current_app.conf.result_serializer == "json"
    content_type, encoding, body = dumps({"a": 1}, serializer="pickle")
    with pytest.raises(ContentDisallowed):
        loads(body, content_type, encoding, accept=current_app.conf.accept_content)


def test_the_cache_and_the_sessions_are_no_pickles_that_others_can_write():
    assert settings.SESSION_SERIALIZER.endswith("JSONSerializer")


def test_our_own_database_and_queue_listen_to_no_network(tmp_path):
    places = Places(tmp_path)
    assert places.redis_url.startswith("unix://")
    assert "host=/" in places.database_url
    words = valkey.valkey(places).command()
    assert words[words.index("--port") + 1] == "0"
    assert words[words.index("--unixsocketperm") + 1] == "700"
    assert "listen_addresses=" in postgres.SETTINGS


def test_the_folders_are_our_own_users(tmp_path):
    places = Places(tmp_path / "home")
    places.make()
    for folder in (places.home, places.run, places.media, places.encoders):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_in_containers_both_stand_in_a_network_without_a_way_out_and_run_as_nobody():
    for name in ("postgres", "redis"):
        service = COMPOSE["services"][name]
        assert service["networks"] == ["inside"]
        assert "ports" not in service
        assert service["user"] not in {"root", "0"}
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert "requirepass" in (BASE_DIR / "deploy" / "secrets.sh").read_text()
