"""What writing changes down costs: ``python -m tests.benchmarks.record`` (needs a database of its own).

Each figure is the tenth percentile of many single statements on the same rows, with the triggers off and on in turn.
"""

from __future__ import annotations

import os
import statistics
import time
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connection  # noqa: E402 - models need settings
from django.utils import timezone  # noqa: E402

from accounts.audit import acting  # noqa: E402
from streaming.cues.models import TrackMapping  # noqa: E402
from streaming.outputs.models import Destination  # noqa: E402
from streaming.sources.models import TrackChange  # noqa: E402
from streaming.stations.models import Station  # noqa: E402
from tests.factories import make_loop, make_mapping, make_station  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from catalog.models import Loop

ROUNDS = 2000
TABLES = ("streaming_destination", "streaming_station", "track_mappings")


def tenth_us(work: Callable[[int], object], rounds: int = ROUNDS) -> float:
    """Return the tenth percentile of one call, microseconds: what it takes when nothing else is in the way."""
    taken = []
    for number in range(rounds):
        began = time.perf_counter()
        work(number)
        taken.append(time.perf_counter() - began)
    return statistics.quantiles(taken, n=10)[0] * 1e6


def triggers(*, on: bool) -> None:
    """Switch the watching of the tables used here."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} {'ENABLE' if on else 'DISABLE'} TRIGGER USER")


def main() -> None:
    """Print each figure, without and with the record."""
    station, loop = make_station("benchmark"), make_loop("benchmark")
    try:
        singles(works(station, loop))
        many(station, loop)
    finally:
        triggers(on=True)
        station.delete()
        loop.delete()


def works(station: Station, loop: Loop) -> dict[str, Callable[[int], object]]:
    """Return what is timed; each takes a number that it has not had before."""
    destination = Destination.objects.create(station=station, name="YouTube")
    mapping = make_mapping(station, loop)
    destinations, stations = Destination.objects.filter(pk=destination.pk), Station.objects.filter(pk=station.pk)
    told = {"connected": True, "state": "up"}
    return {
        "an encoder's report of a destination (writes nothing down)": lambda n: destinations.update(
            bytes_total=n, queued_ms=n % 100, counted={"bytes": n}, **told
        ),
        "a track change of a webhook (not watched)": lambda n: TrackChange.objects.create(
            station=station, started_at=timezone.now(), artist="Ana", title="Blue", dedupe_key=f"b{n}"
        ),
        "a station renamed": lambda n: stations.update(name=f"Station {n}"),
        "a mapping changed": lambda n: TrackMapping.objects.filter(pk=mapping.pk).update(song_id=str(n)),
    }


def singles(timed: dict[str, Callable[[int], object]]) -> None:
    """Time each alone, twice without and twice with, in turn; the better of the two is given."""
    figures: dict[str, list[float]] = {name: [] for name in timed}
    fresh = count()
    for on in (False, True, False, True):
        triggers(on=on)
        for name, work in timed.items():
            with acting.acting("benchmark", who="nobody"):
                figures[name].append(tenth_us(partial(_once, work, fresh)))
    for name, (off, on_first, off_again, on_again) in figures.items():
        print(f"{name}: {min(off, off_again):.0f} µs without, {min(on_first, on_again):.0f} µs with")


def many(station: Station, loop: Loop) -> None:
    """Time a table of ten thousand mappings."""
    taken = []
    for on in (False, True):
        triggers(on=on)
        rows = [TrackMapping(station=station, loop=loop, track_key=f"{on} {n}") for n in range(10_000)]
        began = time.perf_counter()
        TrackMapping.objects.bulk_create(rows)
        taken.append(time.perf_counter() - began)
    print(f"10,000 mappings at once: {taken[0]:.2f} s without, {taken[1]:.2f} s with")


def _once(work: Callable[[int], object], fresh: Iterator[int], _: int) -> None:
    work(next(fresh))


if __name__ == "__main__":
    main()
