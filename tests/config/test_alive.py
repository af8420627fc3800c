"""Health checks of containers: 0 when the part lives, else 1 and the reason."""

from __future__ import annotations

import fcntl
import time
from typing import TYPE_CHECKING

import pytest
import redis
from django.conf import settings

from config import alive
from tests.plugins.daemon import free_port

if TYPE_CHECKING:
    from pathlib import Path


def test_a_node_lives_while_it_holds_its_lock(monkeypatch: pytest.MonkeyPatch, short_path: Path) -> None:
    monkeypatch.setenv("LONGWAVE_HOME", str(short_path))
    assert alive.main("node") == "No node has run in this home."
    (short_path / "run").mkdir()
    with (short_path / "run" / "node.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert alive.main("node") == ""
    assert alive.main("node") == "No node runs in this home."


@pytest.mark.parametrize(("age", "answer"), [(5, ""), (90, "No sign of life of worker within 60 s.")])
def test_a_worker_lives_while_its_signs_are_fresh(monkeypatch: pytest.MonkeyPatch, age: int, answer: str) -> None:
    monkeypatch.setitem(alive.SIGNS, "worker", "test.alive.worker")
    with redis.Redis.from_url(settings.REDIS_URL) as server:
        server.set("test.alive.worker", f"{time.time() - age:.3f}", ex=60)
        assert alive.main("worker") == answer
        server.delete("test.alive.worker")
        assert alive.main("worker") == "No sign of life of worker within 60 s."


def test_a_web_process_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LONGWAVE_PORT", str(free_port()))
    assert alive.main("web").startswith("The web process does not answer at http://127.0.0.1:")


def test_an_unknown_part_is_named() -> None:
    assert "'database'" in alive.main("database")
