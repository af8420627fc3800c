"""Turns rows into the metrics operators rely on (their names and labels are a contract)."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from analytics.metrics.destinations import destination_families
from analytics.metrics.nodes import node_families
from analytics.metrics.pictures import picture_families
from analytics.metrics.platforms import platform_families
from analytics.metrics.sound import sound_families
from streaming.asrun.models import ErrorEntry
from streaming.asrun.switching import BOUNDS
from streaming.nodes.models import Encoder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from prometheus_client.core import Metric

    from analytics.metrics.destinations import DestinationFacts
    from analytics.metrics.nodes import NodeFacts
    from analytics.metrics.pictures import PictureFacts
    from analytics.metrics.platforms import PlatformFacts
    from analytics.metrics.sound import SoundFacts

STATION = ["station"]
BUCKETS = [*map(str, BOUNDS), "+Inf"]


class EncoderFacts(NamedTuple):
    """One station's encoder, in the order ``queries.ENCODER_FIELDS`` reads it; times are aware, memory is MiB."""

    station: str
    state: str
    started_at: datetime | None
    cpu_percent: float
    memory_mb: float
    restarts_total: int
    tracks_played_total: int
    switch_seconds_sum: float
    switch_seconds_buckets: list[int]


class ErrorFacts(NamedTuple):
    """Errors so far; ``station`` is None for those of no station."""

    station: str | None
    severity: str
    total: int


class Facts(NamedTuple):
    """Everything one scrape reads, and when (an aware time)."""

    at: datetime
    encoders: list[EncoderFacts]
    destinations: list[DestinationFacts]
    errors: list[ErrorFacts]
    sound: Sequence[SoundFacts] = ()
    pictures: Sequence[PictureFacts] = ()
    platforms: Sequence[PlatformFacts] = ()
    nodes: Sequence[NodeFacts] = ()


class RadioCollector(Collector):
    """The metrics of one scrape; without facts only that the database is away."""

    def __init__(self, facts: Facts | None) -> None:
        """Tell of ``facts``, or of their absence."""
        self._facts = facts

    def collect(self) -> Iterator[Metric]:
        """Yield every family."""
        up = GaugeMetricFamily("radio_database_up", "1 while PostgreSQL answers; without it only this is told.")
        up.add_metric([], float(self._facts is not None))
        yield up
        if self._facts is not None:
            yield from _encoder_families(self._facts)
            yield _errors(self._facts)
            yield from destination_families(self._facts.destinations, self._facts.at)
            yield from sound_families(self._facts.sound)
            yield from picture_families(self._facts.pictures)
            yield from platform_families(self._facts.platforms)
            yield from node_families(self._facts.nodes)


def radio_text(facts: Facts | None) -> bytes:
    """Return the metrics in Prometheus's text format."""
    registry = CollectorRegistry()
    registry.register(RadioCollector(facts))
    return generate_latest(registry)


def _encoder_families(facts: Facts) -> Iterator[Metric]:
    encoders = facts.encoders
    yield _counter("radio_tracks_played", "Tracks that went on air.", encoders, lambda e: e.tracks_played_total)
    yield _counter("radio_ffmpeg_restarts", "Times an encoder was started again.", encoders, lambda e: e.restarts_total)
    yield _status(encoders)
    yield _gauge(
        "radio_stream_uptime_seconds",
        "Seconds this encoder has been on air without a break.",
        encoders,
        lambda e: _uptime(e, facts.at),
    )
    yield _gauge("radio_ffmpeg_cpu_usage_percent", "Per cent of one core.", encoders, lambda e: e.cpu_percent)
    yield _gauge("radio_ffmpeg_memory_mb", "Resident memory, MiB.", encoders, lambda e: e.memory_mb)
    yield _switches(encoders)


def _status(encoders: Iterable[EncoderFacts]) -> Metric:
    family = GaugeMetricFamily("radio_ffmpeg_status", "1 at the state the encoder is in.", labels=[*STATION, "status"])
    for encoder in encoders:
        for state in Encoder.State.values:
            family.add_metric([encoder.station, state], float(encoder.state == state))
    return family


def _switches(encoders: Iterable[EncoderFacts]) -> Metric:
    name = "radio_track_switch_duration_seconds"
    family = HistogramMetricFamily(name, "From the command to the picture's first frame.", labels=STATION)
    for encoder in encoders:
        counts = [*encoder.switch_seconds_buckets, *([0] * len(BUCKETS))][: len(BUCKETS)]
        buckets = list(zip(BUCKETS, map(float, accumulate(counts)), strict=True))
        family.add_metric([encoder.station], buckets=buckets, sum_value=encoder.switch_seconds_sum)
    return family


def _errors(facts: Facts) -> Metric:
    """Tell every station's count for every severity, zeros too: an alert on a rise needs a start."""
    totals = {(e.station or "", e.severity): e.total for e in facts.errors}
    known = {(encoder.station, severity) for encoder in facts.encoders for severity in ErrorEntry.Severity.values}
    family = CounterMetricFamily("radio_errors", "Errors in the error log.", labels=[*STATION, "severity"])
    for station, severity in sorted(known | totals.keys()):
        family.add_metric([station, severity], totals.get((station, severity), 0))
    return family


def _gauge(
    name: str,
    text: str,
    rows: Iterable[Any],
    value: Callable[[Any], float],
    labels: list[str] = STATION,
) -> Metric:
    return _filled(GaugeMetricFamily(name, text, labels=labels), rows, value, labels)


def _counter(
    name: str,
    text: str,
    rows: Iterable[Any],
    value: Callable[[Any], float],
    labels: list[str] = STATION,
) -> Metric:
    """Return a counter; the text format adds ``_total`` to its name."""
    return _filled(CounterMetricFamily(name, text, labels=labels), rows, value, labels)


def _filled(
    family: GaugeMetricFamily | CounterMetricFamily,
    rows: Iterable[Any],
    value: Callable[[Any], float],
    labels: list[str],
) -> Metric:
    for row in rows:
        family.add_metric(list(row[: len(labels)]), float(value(row)))
    return family


def _uptime(encoder: EncoderFacts, at: datetime) -> float:
    if encoder.state != Encoder.State.RUNNING or encoder.started_at is None:
        return 0.0
    return max(0.0, (at - encoder.started_at).total_seconds())
