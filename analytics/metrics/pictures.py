"""How the stations' pictures changed, as metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from prometheus_client.core import CounterMetricFamily

from streaming.asrun.models import Airing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prometheus_client.core import Metric

PICTURE_FIELDS = ("station__slug", "seams_total", "ready_total")
RESULTS = tuple(Airing.Seam.values)
READY = {"yes": "ready", "no": "not_ready"}


class PictureFacts(NamedTuple):
    """One station's counts, in the order of :data:`PICTURE_FIELDS`."""

    station: str
    seams: dict[str, int]
    ready: dict[str, int]


def picture_families(rows: Iterable[PictureFacts]) -> Iterator[Metric]:
    """Yield the families, zeros too: a share over a span of time needs a start."""
    seams = CounterMetricFamily(
        "radio_seams",
        "Changes of picture: with its transition, cut because that was late or failed, or cut as wanted.",
        labels=["station", "result"],
    )
    ready = CounterMetricFamily(
        "radio_titles_ready",
        "Changes of track by whether picture, title and transition were ready for their first frame.",
        labels=["station", "ready"],
    )
    for row in rows:
        for result in RESULTS:
            seams.add_metric([row.station, result], float(row.seams.get(result, 0)))
        for said, counted in READY.items():
            ready.add_metric([row.station, said], float(row.ready.get(counted, 0)))
    yield seams
    yield ready
