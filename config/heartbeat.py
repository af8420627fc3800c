"""Signs of life of worker and beat: two moments kept in Redis, read by ``/health``.

The worker writes its own while it lives. Beat's is written by the worker when beat's tick arrives, so it shows the
whole way: beat, broker, worker.
"""

from __future__ import annotations

import time
from functools import cache
from typing import Any, Final

import redis
import structlog
from celery import bootsteps, shared_task
from django.conf import settings

log = structlog.get_logger(__name__)

WORKER_KEY: Final = "longwave.alive.worker"
BEAT_KEY: Final = "longwave.alive.beat"
WRITE_EVERY_SECONDS = 10.0
KEPT_SECONDS = 3600


def beat_again(key: str) -> None:
    """Write that whoever ``key`` stands for lives now.

    Raises:
        redis.RedisError: Redis cannot be reached.

    """
    _client().set(key, f"{time.time():.3f}", ex=KEPT_SECONDS)


@shared_task(name="config.heartbeat.tick", ignore_result=True)
def tick() -> None:
    """Beat sent this, a worker runs it: both live."""
    beat_again(BEAT_KEY)


class WorkerLives(bootsteps.StartStopStep):
    """Writes the worker's sign of life from its own event loop: one that hangs falls silent.

    Source: Celery, "Extensions and Bootsteps".
    """

    requires = ("celery.worker.components:Timer",)

    def __init__(self, parent: Any, **_: Any) -> None:
        """Nothing runs before ``start``."""
        super().__init__(parent)
        self.timer: Any = None

    def start(self, parent: Any) -> None:
        """Write now, and every ten seconds from now on."""
        _write_worker()
        self.timer = parent.timer.call_repeatedly(WRITE_EVERY_SECONDS, _write_worker, priority=10)

    def stop(self, parent: Any) -> None:  # noqa: ARG002 - Celery's signature
        """Fall silent."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


def _write_worker() -> None:
    try:
        beat_again(WORKER_KEY)
    except redis.RedisError as error:
        log.warning("heartbeat.redis_away", error=str(error))  # the worker reconnects by itself; the next is near


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2)
