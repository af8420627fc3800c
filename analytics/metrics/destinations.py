"""How the stations' destinations are, as metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from prometheus_client.core import Metric

LABELS = ["station", "destination"]
DESTINATION_FIELDS = (
    "station__slug",
    "name",
    "connected",
    "bytes_total",
    "reconnects_total",
    "dropped_packets_total",
    "connected_since",
    "queued_ms",
    "renewals_total",
    "on_backup",
)


class DestinationFacts(NamedTuple):
    """One destination, in the order of :data:`DESTINATION_FIELDS`; times are aware."""

    station: str
    destination: str
    connected: bool
    bytes_total: int
    reconnects_total: int
    dropped_packets_total: int
    connected_since: datetime | None = None
    queued_ms: int = 0
    renewals_total: int = 0
    on_backup: bool = False


COUNTERS: dict[str, tuple[str, Callable[[DestinationFacts], float]]] = {
    "radio_destination_bytes": ("Bytes sent.", lambda d: d.bytes_total),
    "radio_destination_reconnects": ("Reconnects.", lambda d: d.reconnects_total),
    "radio_destination_dropped_packets": (
        "Packets left out because the destination was too slow.",
        lambda d: d.dropped_packets_total,
    ),
    "radio_destination_renewals": ("Connections made anew as planned.", lambda d: d.renewals_total),
}


def destination_families(rows: Iterable[DestinationFacts], at: datetime) -> Iterator[Metric]:
    """Yield the families; ``at`` is when the rows were read."""
    rows = list(rows)
    gauges: dict[str, tuple[str, Callable[[DestinationFacts], float]]] = {
        "radio_destination_connected": ("1 while connected.", lambda d: d.connected),
        "radio_destination_on_backup": ("1 while its backup ingest stands in.", lambda d: d.on_backup),
        "radio_destination_queue_seconds": ("Seconds of media that wait to be sent.", lambda d: d.queued_ms / 1000),
        "radio_destination_uptime_seconds": ("Seconds its connection has lasted.", lambda d: _uptime(d, at)),
    }
    for name, (text, value) in gauges.items():
        yield _filled(GaugeMetricFamily(name, text, labels=LABELS), rows, value)
    for name, (text, value) in COUNTERS.items():
        yield _filled(CounterMetricFamily(name, text, labels=LABELS), rows, value)


def _filled(
    family: GaugeMetricFamily | CounterMetricFamily,
    rows: Iterable[DestinationFacts],
    value: Callable[[DestinationFacts], float],
) -> Metric:
    for row in rows:
        family.add_metric([row.station, row.destination], float(value(row)))
    return family


def _uptime(row: DestinationFacts, at: datetime) -> float:
    if not row.connected or row.connected_since is None:
        return 0.0
    return max(0.0, (at - row.connected_since).total_seconds())
