"""Is it well? ``/health/live`` (the process), ``/health/ready`` (what pages need), ``/health`` (every part).

Every answer comes within two seconds, whatever hangs.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db.models import Count
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from redis.asyncio import Redis
from redis.exceptions import RedisError

from config.heartbeat import BEAT_KEY, WORKER_KEY
from config.lib.deadline import DatabaseAwayError, read_within
from streaming.nodes.models import Encoder, Node
from streaming.stations.models import Station

if TYPE_CHECKING:
    from django.http import HttpRequest

OK: Final = "ok"
DEGRADED: Final = "degraded"
DOWN: Final = "down"
REDIS_SECONDS = 1.5
HEARTBEAT_LATE_SECONDS = 45
NODE_LATE = timedelta(seconds=30)
ENCODER_LATE = timedelta(seconds=15)
SETTLING = timedelta(seconds=30)


@dataclass(frozen=True)
class Part:
    """How one component is, and a sentence for whoever looks after it."""

    status: str
    sentence: str

    def document(self) -> dict[str, str]:
        """Return it as JSON."""
        return {"status": self.status, "detail": self.sentence}


@require_safe
def live(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - a view's signature
    """Answer that the process runs; nothing is asked of anybody."""
    return JsonResponse({"status": OK})


@require_safe
async def ready(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - a view's signature
    """Answer 200 when database and Redis answer, else 503 with what does not."""
    (database, *_), (redis, *_) = await asyncio.gather(_database(), _redis())
    return _answer({"database": database, "redis": redis}, worst_is_down=True)


@require_safe
async def report(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - a view's signature
    """Answer how every component is; 503 only when nothing can be shown or stored."""
    (database, nodes, encoders), (redis, worker, beat) = await asyncio.gather(_database(), _redis())
    parts = {"database": database, "redis": redis, "worker": worker, "beat": beat}
    if database.status == OK:
        parts["node"] = _node(nodes)
        parts |= {f"encoder:{row[0]}": _encoder(row) for row in encoders}
    return _answer(parts)


def _answer(parts: dict[str, Part], *, worst_is_down: bool = False) -> JsonResponse:
    states = {part.status for part in parts.values()}
    overall = DOWN if DOWN in states else DEGRADED if DEGRADED in states else OK
    failed = overall == DOWN or (worst_is_down and overall != OK)
    body = {"status": overall, "components": {name: part.document() for name, part in parts.items()}}
    return JsonResponse(body, status=503 if failed else 200, headers={"Cache-Control": "no-store"})


async def _database() -> tuple[Part, list[Any], list[Any]]:
    """Return the database's part, the nodes and the stations with their encoders."""
    registered = Node.objects.filter(gone_at=None).annotate(stations=Count("encoders"))
    nodes = registered.order_by("name").values_list("name", "seen_at", "stations")
    encoders = Station.objects.order_by("slug").values_list(
        "slug",
        "wanted_on_air",
        "encoder__state",
        "encoder__state_since",
        "encoder__seen_at",
        "encoder__source_up",
        "encoder__source_error",
    )
    try:
        node_rows, encoder_rows = await read_within(nodes, encoders)
    except DatabaseAwayError as error:
        remedy = "What is on air goes on; facts are kept by the encoders until it is back."
        return Part(DOWN, f"{error} {remedy}"), [], []
    return Part(OK, "PostgreSQL answers."), node_rows, encoder_rows


async def _redis() -> tuple[Part, Part, Part]:
    """Return the parts of Redis, worker and beat."""
    try:
        async with asyncio.timeout(REDIS_SECONDS), Redis.from_url(settings.REDIS_URL) as client:
            worker, beat = await client.mget(WORKER_KEY, BEAT_KEY)
    except (RedisError, OSError, TimeoutError) as error:
        away = Part(DEGRADED, f"Redis gives no answer ({type(error).__name__}): pages change only when reloaded.")
        unknown = Part(DEGRADED, "Cannot be told while Redis is away; nothing is compiled meanwhile.")
        return away, unknown, unknown
    return Part(OK, "Redis answers."), _heart("worker", worker), _heart("beat", beat)


def _heart(name: str, moment: bytes | None) -> Part:
    if moment is None:
        return Part(DEGRADED, f"No sign of life of the {name} in the last hour. Start it; bin/up does.")
    age = time.time() - float(moment)
    if age > HEARTBEAT_LATE_SECONDS:
        return Part(DEGRADED, f"The {name}'s last sign of life is {age:.0f} seconds old. Look at its log.")
    return Part(OK, f"The {name} gave a sign of life {max(0, age):.0f} seconds ago.")


def _node(rows: list[tuple[str, datetime | None, int]]) -> Part:
    """Judge the machines: one that holds stations and is not heard of is trouble, others may come and go."""
    now = timezone.now()
    well = [name for name, seen, _ in rows if seen and now - seen < NODE_LATE]
    lost = [name for name, _, stations in rows if stations and name not in well]
    if well and lost:
        return Part(DEGRADED, f"Running: {', '.join(well)}. Not heard of, though on air last: {', '.join(lost)}.")
    if well:
        return Part(OK, f"Running: {', '.join(well)}.")
    seen = max((seen for _, seen, _ in rows if seen), default=None)
    since = f"since {seen:%Y-%m-%d %H:%M:%S} UTC" if seen else "so far"
    return Part(DEGRADED, f"No node has been seen {since}: stations stay as they are, no track changes a picture.")


def _encoder(row: tuple[Any, ...]) -> Part:
    """Judge one station: wanted or not, its state, its last statistics, its sound."""
    _, wanted, state, since, seen, source_up, source_error = row
    now = timezone.now()
    if not wanted and state != Encoder.State.RUNNING:
        return Part(OK, "Off air, as wanted.")
    if state == Encoder.State.FAILED:
        return Part(DEGRADED, "Failed too often and was given up: an operator must look and start it again.")
    if state != Encoder.State.RUNNING:
        settling = since is not None and now - since < SETTLING
        return Part(OK if settling else DEGRADED, f"Wanted on air, but {_word(state)}.")
    if seen is None or now - seen > ENCODER_LATE:
        return Part(DEGRADED, "On air by its last word, but no statistics have come in for 15 seconds.")
    if not source_up:
        return Part(DEGRADED, f"On air without its sound: {source_error or 'the source does not play'}")
    return Part(OK, "On air.")


def _word(state: str | None) -> str:
    return str(Encoder.State(state).label) if state else "it has no encoder yet"
