"""Machines as metrics: which are heard of, what they hold, what they may."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from prometheus_client.core import GaugeMetricFamily

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prometheus_client.core import Metric

NODE = ["node"]
NODE_FIELDS = ("name", "state", "stations", "capacity")


class NodeFacts(NamedTuple):
    """One machine, in the order of :data:`NODE_FIELDS`; ``capacity`` is None where as many as come may come."""

    name: str
    state: str
    stations: int
    capacity: int | None


def node_families(rows: Iterable[NodeFacts]) -> Iterator[Metric]:
    """Yield the families; a machine that was declared gone is told no more."""
    up = GaugeMetricFamily("radio_node_up", "1 while the machine is heard of.", labels=NODE)
    draining = GaugeMetricFamily("radio_node_draining", "1 while it hands its stations to others.", labels=NODE)
    stations = GaugeMetricFamily("radio_node_stations", "Stations the machine holds.", labels=NODE)
    capacity = GaugeMetricFamily("radio_node_capacity", "Stations it may hold; not told where any number.", labels=NODE)
    for row in rows:
        if row.state == "gone":
            continue
        up.add_metric([row.name], float(row.state != "silent"))
        draining.add_metric([row.name], float(row.state == "draining"))
        stations.add_metric([row.name], float(row.stations))
        if row.capacity is not None:
            capacity.add_metric([row.name], float(row.capacity))
    yield from (up, draining, stations, capacity)
