"""What a node itself takes for many stations: encoders that only speak the protocol, the real database.

    .venv/bin/python -m tests.benchmarks.node [--stations 10,40,100] [--seconds 20]

A database of its own is made beside the one that DATABASE_URL names, and dropped at the end. Printed are the seconds
until all stations are on air, and while they are: CPU of the node, its memory (proportional set size), its threads, and
transactions of the database per station and second.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.benchmarks.crowd import meter

ROOT = Path(__file__).resolve().parents[2]
NAME = "longwave_benchmark"
LIMIT = 180.0
STATIONS = """
import django; django.setup()
from tests.factories import make_slate, make_station
make_slate()
for number in range({count}):
    make_station(f"station-{{number}}", source_kind="icecast", audio_url="http://127.0.0.1:9/", wanted_on_air=True)
"""


@contextmanager
def database(home: Path) -> Iterator[dict[str, str]]:
    """Make a database with all tables; yields an environment that names it."""
    given = os.environ.get("DATABASE_URL", "")
    if not given:
        sys.exit("DATABASE_URL is not set; name a PostgreSQL database whose user may make another one beside it.")
    parts = urlsplit(given)
    url = urlunsplit(parts._replace(path=f"/{NAME}"))
    environment = {**os.environ, "DATABASE_URL": url, "LONGWAVE_HOME": str(home)}
    with psycopg.connect(given, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {NAME}")
        try:
            _run(environment, "manage.py", "migrate", "-v", "0")
            yield environment
        finally:
            server.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


def measure(count: int, seconds: float) -> str:
    """Return a row of the table."""
    with tempfile.TemporaryDirectory(prefix="lw-") as home, database(Path(home)) as environment:
        _run(environment, "-c", STATIONS.format(count=count))
        began = time.monotonic()
        node = subprocess.Popen(
            [sys.executable, "tests/streaming/nodes/run_node.py", "calm"],
            cwd=ROOT,
            env={**environment, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            with psycopg.connect(environment["DATABASE_URL"], autocommit=True) as server:
                _wait_on_air(server, count)
                started = time.monotonic() - began
                time.sleep(5)
                return _watched(server, node.pid, count, seconds, started)
        finally:
            node.terminate()
            node.wait(60)


def _wait_on_air(server: psycopg.Connection[tuple[int]], count: int) -> None:
    end = time.monotonic() + LIMIT
    query = "SELECT count(*) FROM streaming_encoder WHERE state = 'RUNNING'"
    while (found := (server.execute(query).fetchone() or (0,))[0]) < count:
        if time.monotonic() > end:
            raise TimeoutError(f"only {found} of {count} stations came on air")
        time.sleep(0.2)


def _watched(server: psycopg.Connection[tuple[int]], pid: int, count: int, seconds: float, started: float) -> str:
    before, used = _transactions(server), sum(_own(pid))
    time.sleep(seconds)
    each = (_transactions(server) - before) / seconds / count
    cpu = 100 * (sum(_own(pid)) - used) / seconds
    memory = Path(f"/proc/{pid}/smaps_rollup").read_text().split("Pss:")[1].split()[0]
    threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
    return (
        f"{count:>8} {started:>12.1f} {cpu:>8.1f} {cpu / count:>12.2f}"
        f" {int(memory) / 1024:>8.0f} {threads:>8} {each:>18.1f}"
    )


def _own(pid: int) -> tuple[float, float]:
    """Seconds of the node alone: the encoders are its children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) / meter.TICKS, int(fields[12]) / meter.TICKS


def _transactions(server: psycopg.Connection[tuple[int]]) -> int:
    server.execute("SELECT pg_stat_clear_snapshot()")
    row = server.execute("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()").fetchone()
    return row[0] if row else 0


def _run(environment: dict[str, str], *arguments: str) -> None:
    environment = {"DJANGO_SETTINGS_MODULE": "config.settings", **environment}
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, check=True)


def main() -> None:
    """Measure each number of stations."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stations", type=lambda text: [int(n) for n in text.split(",")], default=[10, 40, 100])
    parser.add_argument("--seconds", type=float, default=20)
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended as asked"))  # so that no node is left behind
    print("stations  on air, s   CPU %  per station   PSS MiB  threads  transactions/s each")
    for count in arguments.stations:
        print(measure(count, arguments.seconds), flush=True)


if __name__ == "__main__":
    main()
