"""Where the stations' sound comes from and how loud it is, as metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from streaming.asrun.models import SoundStep

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prometheus_client.core import Metric

LANES = tuple(SoundStep.Lane.values)
SOUND_FIELDS = (
    "station__slug",
    "lane",
    "lane_steps_total",
    "momentary_lufs",
    "short_term_lufs",
    "integrated_lufs",
    "true_peak_db",
    "gain_db",
)
LOUDNESS = {
    "momentary_lufs": ("radio_loudness_momentary_lufs", "Loudness over the last 400 ms (EBU R 128)."),
    "short_term_lufs": ("radio_loudness_short_term_lufs", "Loudness over the last 3 s (EBU R 128)."),
    "integrated_lufs": ("radio_loudness_integrated_lufs", "Gated loudness over the last hour (EBU R 128)."),
    "true_peak_db": ("radio_true_peak_dbtp", "Highest true peak of the last ten seconds."),
    "gain_db": ("radio_gain_db", "What evening out adds, dB."),
}


class SoundFacts(NamedTuple):
    """One station's sound, in the order of :data:`SOUND_FIELDS`; a level is None while unknown."""

    station: str
    lane: str
    steps: dict[str, int]
    momentary_lufs: float | None
    short_term_lufs: float | None
    integrated_lufs: float | None
    true_peak_db: float | None
    gain_db: float | None


def sound_families(rows: Iterable[SoundFacts]) -> Iterator[Metric]:
    """Yield the families. A level that is not known has no sample: a number would be a lie."""
    rows = list(rows)
    lanes = GaugeMetricFamily("radio_sound_lane", "1 at where the sound comes from.", labels=["station", "lane"])
    steps = CounterMetricFamily("radio_sound_steps", "Steps of the sound, by where to.", labels=["station", "lane"])
    for row in rows:
        for lane in LANES:
            lanes.add_metric([row.station, lane], float(row.lane == lane))
            steps.add_metric([row.station, lane], float(row.steps.get(lane, 0)))
    yield lanes
    yield steps
    for field, (name, text) in LOUDNESS.items():
        family = GaugeMetricFamily(name, text, labels=["station"])
        for row in rows:
            value = getattr(row, field)
            if value is not None:
                family.add_metric([row.station], value)
        yield family
