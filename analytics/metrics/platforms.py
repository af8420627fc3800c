"""What the platforms say of the stations, as metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from prometheus_client.core import GaugeMetricFamily

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prometheus_client.core import Metric

PLATFORM_FIELDS = ("station__slug", "destination__name", "viewers", "is_live_there")
LABELS = ["station", "destination"]


class PlatformFacts(NamedTuple):
    """One destination as its platform sees it, in the order of :data:`PLATFORM_FIELDS`; None is not known."""

    station: str
    destination: str | None
    viewers: int | None
    is_live: bool | None


def platform_families(rows: Iterable[PlatformFacts]) -> Iterator[Metric]:
    """Yield the families. What a platform has not said has no sample."""
    viewers = GaugeMetricFamily("radio_destination_viewers", "Viewers, as the platform counts them.", labels=LABELS)
    live = GaugeMetricFamily("radio_destination_platform_live", "1 while it is live at the platform.", labels=LABELS)
    for row in rows:
        if row.destination is None:
            continue
        if row.viewers is not None:
            viewers.add_metric([row.station, row.destination], float(row.viewers))
        if row.is_live is not None:
            live.add_metric([row.station, row.destination], float(row.is_live))
    yield viewers
    yield live
