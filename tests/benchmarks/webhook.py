"""How fast a track change is taken in: AzuraCast's webhook under daphne, at fixed arrival rates.

    bin/manage migrate && .venv/bin/python -m tests.benchmarks.webhook [--seconds 10] [--rates 50,100,200]

An open model: requests leave at their time whether or not earlier ones were answered, each on a connection of its
own as AzuraCast sends them, and latency counts from the time a request was due. Every one is a new play, so every
one is an INSERT and a NOTIFY. At the end 500 copies of one play are sent at once.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import platform
import secrets
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streaming.stations.models import Station

ROOT = Path(__file__).resolve().parent.parent.parent
PAYLOAD = ROOT / "tests/payloads/azuracast/song_changed.json"
SECRET = "benchmark-secret-of-some-length"
TARGET_MS = 50


def main() -> int:
    """Run the benchmark; exit code 1 when the target is missed at 100 requests a second or a play is doubled."""
    options = _options()
    django.setup()
    with _station() as station, _web() as port:
        rows = [asyncio.run(_steady(port, station.slug, rate, options.seconds)) for rate in options.rates]
        stored = asyncio.run(_duplicates(port, station))
    _print(rows, stored)
    missed = any(row["rate"] == 100 and (row["p99"] > TARGET_MS or row["errors"]) for row in rows)
    return int(missed or stored != 1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10, help="length of each run")
    parser.add_argument(
        "--rates",
        type=lambda text: [int(part) for part in text.split(",")],
        default=[50, 100, 200],
        help="requests a second",
    )
    return parser.parse_args()


@contextlib.contextmanager
def _station() -> Iterator[Station]:
    from catalog.models import EncodingProfile
    from streaming.models import Station

    profile, _ = EncodingProfile.objects.get_or_create(
        name="720p30",
        defaults={"width": 1280, "height": 720, "frame_rate": 30, "video_kbps": 3000, "gop_frames": 60, "level": "3.1"},
    )
    slug = f"benchmark-{secrets.token_hex(4)}"
    station = Station(slug=slug, name="Benchmark", source_kind="azuracast", profile=profile)
    station.set_webhook_secret(SECRET)
    station.save()
    try:
        yield station
    finally:
        station.delete()


@contextlib.contextmanager
def _web() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "config.asgi:application"]
    environment = {**os.environ, "LOG_LEVEL": "WARNING"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait_for(process, port)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"daphne ended with exit code {process.returncode}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise TimeoutError("daphne does not listen after a minute")


async def _steady(port: int, slug: str, rate: int, seconds: float) -> dict[str, Any]:
    plays = iter(range(rate * 1_000_000, (rate + 1) * 1_000_000))
    for _ in range(20):  # first requests load modules and open connections
        await _send(port, _request(slug, next(plays)))
    requests = [_request(slug, next(plays)) for _ in range(int(rate * seconds))]
    begin = asyncio.get_running_loop().time() + 0.1
    results = await asyncio.gather(*(_due(begin + n / rate, port, request) for n, request in enumerate(requests)))
    times = sorted(milliseconds for milliseconds, _ in results)

    return {
        "rate": rate,
        "sent": len(times),
        "p50": _share(times, 0.5),
        "p95": _share(times, 0.95),
        "p99": _share(times, 0.99),
        "max": times[-1],
        "errors": sum(status != 202 for _, status in results),
    }


def _share(times: list[float], share: float) -> float:
    return times[min(len(times) - 1, int(share * len(times)))]


async def _due(when: float, port: int, request: bytes) -> tuple[float, int]:
    clock = asyncio.get_running_loop().time
    await asyncio.sleep(max(0.0, when - clock()))
    status = await _send(port, request)
    return (clock() - when) * 1000, status


async def _send(port: int, request: bytes) -> int:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        answer = await reader.read()
        writer.close()
    except OSError:
        return 0
    return int(answer.split(b" ", 2)[1]) if answer else 0


def _request(slug: str, play: int) -> bytes:
    payload = json.loads(PAYLOAD.read_text(encoding="utf-8"))
    payload["now_playing"]["sh_id"] = play
    payload["now_playing"]["song"]["title"] = f"Song {play}"
    body = json.dumps(payload).encode()
    head = (
        f"POST /webhook/azuracast/{slug} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"X-Webhook-Secret: {SECRET}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


async def _duplicates(port: int, station: Station) -> int:
    from asgiref.sync import sync_to_async

    request = _request(station.slug, 9_000_000_000)
    statuses = await asyncio.gather(*(_send(port, request) for _ in range(500)))
    if set(statuses) != {202}:
        raise RuntimeError(f"duplicates were answered {sorted(set(statuses))}")
    return await sync_to_async(station.track_changes.filter(dedupe_key="sh:9000000000").count)()


def _print(rows: list[dict[str, Any]], stored: int) -> None:
    table = Table(title=f"Webhook to 202, milliseconds · {os.cpu_count()} cores, Python {platform.python_version()}")
    for name in ("requests/s", "sent", "p50", "p95", "p99", "max", "errors"):
        table.add_column(name, justify="right")
    for row in rows:
        times = (f"{row[name]:.1f}" for name in ("p50", "p95", "p99", "max"))
        table.add_row(str(row["rate"]), str(row["sent"]), *times, str(row["errors"]))
    console = Console()
    console.print(table)
    console.print(f"500 copies of one play: {stored} row")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    sys.exit(main())
