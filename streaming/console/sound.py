"""Where a station's sound comes from and how loud it is, in words and calm meters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import format_html, format_html_join

from config.lib import admin_cells
from streaming.asrun import sound_words
from streaming.console import states

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from streaming.console.overview import StationNow
    from streaming.nodes.models import Encoder
    from streaming.stations.models import Station

SOFTEST, LOUDEST = -50, 0
"""LUFS at the ends of a meter."""


def sentence(row: StationNow) -> str:
    """Return where the sound comes from and since when; "" off air or while it is not known."""
    encoder = states.encoder_of(row.station)
    if encoder is None or not row.is_on_air:
        return ""
    return sound_words.told(encoder.lane, encoder.lane_name, row.step.at if row.step else None)


def panel(row: StationNow) -> SafeString:
    """Return the panel of a station's page: where the sound comes from, loudness as meters, true peak, gain."""
    encoder = states.encoder_of(row.station)
    inner = _levels(row, encoder) if encoder and row.is_on_air else admin_cells.EMPTY
    return format_html('<div data-live="station:{}:loudness">{}</div>', row.station.pk, inner)


def _levels(row: StationNow, encoder: Encoder) -> SafeString:
    lost = sound_words.is_lost(encoder.lane)
    where = admin_cells.state(sentence(row) or "Not known yet.", "warn" if lost else "ok", hint="")
    reason = row.step.reason if row.step and lost else ""
    meters = format_html_join(
        "",
        '<div><dt>{}</dt><dd>{}<span class="lw-figure">{}</span></dd></div>',
        (
            (name, _meter(name, value), _figure(value, "LUFS"))
            for name, value in (
                ("Momentary (0.4 s)", encoder.momentary_lufs),
                ("Short-term (3 s)", encoder.short_term_lufs),
                ("Integrated (last hour)", encoder.integrated_lufs),
            )
        ),
    )
    return format_html(
        '<div class="lw-loudness">{}{}<dl>{}'
        '<div><dt>True peak (10 s)</dt><dd>{}<span class="lw-figure">{}</span></dd></div></dl>'
        '<p class="lw-sub">{}</p></div>',
        where,
        format_html('<p class="lw-sub">{}</p>', reason) if reason else "",
        meters,
        _meter("True peak", encoder.true_peak_db),
        _figure(encoder.true_peak_db, "dBTP"),
        _evened(row, encoder),
    )


def _evened(row: StationNow, encoder: Encoder) -> str:
    if row.station.aac_passthrough:
        return _passing(row.station)
    if not row.station.normalise:
        return "Loudness is measured and left as it is; only peaks above full scale are taken off."
    change = "louder" if encoder.gain_db >= 0 else "softer"
    return f"Evened out to {row.station.loudness_target:g} LUFS: {abs(encoder.gain_db):.1f} dB {change} than it comes."


def _passing(station: Station) -> str:
    """Say whether AAC may go out as it comes, and if not, what keeps it from that."""
    reasons = {
        "loudness is evened out": station.normalise,
        "silence counts as loss": station.silence_s is not None,
        "the look is drawn from the sound": station.look != station.Look.LOOP,
        "the source is a playlist": station.source_kind == station.SourceKind.PLAYLIST,
    }
    against = [reason for reason, holds in reasons.items() if holds]
    if against:
        return f"AAC is not passed through, because {' and '.join(against)}: the sound is coded anew."
    return "AAC that has the output's form goes out as it comes, unmeasured; other sound is coded anew and measured."


def _meter(name: str, value: float | None) -> SafeString:
    shown = SOFTEST if value is None else max(SOFTEST, min(LOUDEST, round(value, 1)))
    return format_html(
        '<meter class="lw-meter" min="{}" max="{}" value="{}" aria-label="{}"></meter>',
        SOFTEST,
        LOUDEST,
        shown,
        name,
    )


def _figure(value: float | None, unit: str) -> str:
    return "–" if value is None else f"{value:.1f} {unit}".replace("-", "−")
