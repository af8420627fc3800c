"""Looks at the encoders on air: their processes on this machine, their own statistics, their rows."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psutil
from django.db.models import Sum
from django.db.models.functions import Coalesce

from analytics.soak.slopes import Look
from config.lib.deadline import read_within
from streaming.nodes.folder import EncoderFolder
from streaming.nodes.models import Encoder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from uuid import UUID

ANSWER_S = 3.0
"""Seconds an encoder may take to tell its statistics; it does so every second."""

NO_FACTS = 2**62
"""A sequence no fact has: we want none of them again."""

MEGABYTE = 2**20
FIELDS = ("station_id", "station__slug", "run_id", "restarts_total", "reconnects", "dropped")


@dataclass(frozen=True)
class Row:
    """What the database knows of one encoder."""

    station: UUID
    slug: str
    run: UUID | None
    restarts: int
    reconnects: int
    dropped: int


@dataclass(frozen=True)
class Process:
    """One encoder's process; MB."""

    pss_mb: float
    own_mb: float
    descriptors: int
    threads: int


def rows(slugs: Sequence[str] = ()) -> list[Row]:
    """Return the encoders that should be on air, by station; with ``slugs`` only these.

    Raises:
        DatabaseAwayError: no answer within the deadline.

    """
    encoders = Encoder.objects.filter(station__wanted_on_air=True).order_by("station__slug")
    if slugs:
        encoders = encoders.filter(station__slug__in=slugs)
    summed = encoders.annotate(
        reconnects=Coalesce(Sum("station__destinations__reconnects_total"), 0),
        dropped=Coalesce(Sum("station__destinations__dropped_packets_total"), 0),
    )
    (found,) = asyncio.run(read_within(summed.values_list(*FIELDS)))
    return [Row(*row[:4], *map(int, row[4:])) for row in found]  # PostgreSQL adds bigints up to decimals


def look(row: Row) -> Look:
    """Look at one encoder; what cannot be seen from here is None."""
    told = statistics(EncoderFolder(row.station).socket)
    process = None if told is None else weigh(told["pid"])
    return Look(
        at=time.monotonic(),
        run=str(row.run if told is None else told["run"]),
        restarts=row.restarts,
        reconnects=row.reconnects,
        dropped=row.dropped,
        pss_mb=None if process is None else process.pss_mb,
        own_mb=None if process is None else process.own_mb,
        descriptors=None if process is None else process.descriptors,
        threads=None if process is None else process.threads,
        lead_ms=None if told is None else (told["seconds"] - told["at"]) * 1000,
    )


def statistics(path: Path) -> dict[str, Any] | None:
    """Ask an encoder over its socket for ``pid``, ``run``, ``seconds`` (media) and ``at`` (wall clock).

    None when it is not on this machine, or ends or hangs just now.
    """
    try:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(ANSWER_S)
            link.connect(str(path))
            link.sendall(json.dumps({"do": "hello", "since": NO_FACTS}).encode() + b"\n")
            return _listen(link)
    except (OSError, ValueError):
        return None


def _listen(link: socket.socket) -> dict[str, Any] | None:
    """Read events until both the greeting and the first statistics are there."""
    told: dict[str, Any] = {}
    with link.makefile("rb") as lines:
        for line in lines:
            event = json.loads(line)
            if event["event"] == "hello":
                told |= {"pid": event["pid"], "run": event["run"]}
            elif event["event"] == "statistics" and told:
                return {**told, "seconds": event["seconds"], "at": event["at"]}
    return None


def weigh(pid: int) -> Process | None:
    """Weigh a process; None when it is gone.

    ``pss_mb`` is what it and its children take, pages that several share counted to each in part, so that stations can
    be added up. The rest is of the process alone: ``own_mb`` is what it shares with nobody (USS), where a leak shows;
    its children come and go with what they code. (Linux; elsewhere the resident size stands in.)
    """
    try:
        main = psutil.Process(pid)
        own = main.memory_full_info()
        family = [own, *(child.memory_full_info() for child in main.children(recursive=True))]
        return Process(
            pss_mb=sum(getattr(one, "pss", one.rss) for one in family) / MEGABYTE,
            own_mb=getattr(own, "uss", own.rss) / MEGABYTE,
            descriptors=main.num_fds(),
            threads=main.num_threads(),
        )
    except psutil.Error:
        return None
