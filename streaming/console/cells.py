"""Cells about stations, the same on the start page, in the list and on a station's own page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import format_html

from catalog.visuals.admin_cells import thumbnail
from config.lib import admin_cells as cells
from streaming.console import states
from streaming.platforms import told as platforms

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from streaming.console.overview import StationNow
    from streaming.outputs.models import Destination
    from streaming.stations.models import Station


def state(row: StationNow) -> SafeString:
    """Tell how a station is."""
    return _live(row, "state", row.told.cell())


def source(row: StationNow) -> SafeString:
    """Tell whether sound arrives."""
    return _live(row, "source", states.source_state(row.station).cell())


def now(row: StationNow) -> SafeString:
    """Tell what is on, since when, and which loop is shown for it; a presenter before all else."""
    return _live(row, "now", _presenting(row) or _playing(row))


def destinations(row: StationNow) -> SafeString:
    """Tell how many destinations have the stream, of how many that should."""
    return _live(row, "destinations", _destinations(row))


def uptime(row: StationNow) -> SafeString:
    """Tell how long this life of the encoder has lasted."""
    encoder = states.encoder_of(row.station)
    began = encoder.started_at if encoder and row.is_on_air else None
    return _live(row, "uptime", cells.since(began))


def load(row: StationNow) -> SafeString:
    """Tell what the encoder takes of the machine."""
    encoder = states.encoder_of(row.station)
    if encoder is None or not row.is_on_air:
        return _live(row, "load", format_html("{}", ""))
    told = f"{encoder.cpu_percent:.1f} % CPU · {encoder.memory_mb:.0f} MiB"
    return _live(row, "load", format_html('<span class="lw-sub lw-figure">{}</span>', told))


def webhook(station: Station, path: str) -> SafeString:
    """Show where AzuraCast posts to, and whether a secret is set."""
    secret = "a secret is set" if station.webhook_digest else "no secret yet: every report is refused"
    if station.knows_secret_before:
        secret = f"{secret}; the one before works until {station.webhook_before_until:%d %B, %H:%M} UTC"
    return format_html(
        '<span class="lw-copy"><code data-absolute="{}">{}</code>'
        '<button type="button" data-copy-absolute="{}" aria-label="Copy the webhook address">Copy</button></span> '
        '<span class="lw-sub">{}</span>',
        path,
        path,
        path,
        secret,
    )


def _presenting(row: StationNow) -> SafeString | None:
    """Tell who has taken the station over; None if nobody has."""
    takeover = row.takeover
    if takeover is None or not row.is_on_air:
        return None
    name = takeover.key.name if takeover.key else "somebody"
    if takeover.on_air_at is None:
        return format_html('<span class="lw-now">Presenter {} is connected</span>', name)
    how = "" if takeover.copied is None else " · copied" if takeover.copied else " · encoded anew"
    return format_html(
        '<span class="lw-playing"><span><span class="lw-now">Presenter {} is on air</span> '
        '<span class="lw-sub">{}{}</span></span></span>',
        name,
        cells.since(takeover.on_air_at),
        how,
    )


def _playing(row: StationNow) -> SafeString:
    airing = row.playing
    if airing is None:
        return cells.EMPTY
    words = f"{airing.artist} – {airing.title}" if airing.artist else airing.title or "no title"
    picture = airing.loop.name if airing.loop else "slate"
    return format_html(
        '<span class="lw-playing">{}<span><span class="lw-now" title="{}">{}</span>'
        '<span class="lw-sub">{} · {}</span></span></span>',
        thumbnail(airing.loop) if airing.loop else "",
        words,
        words,
        cells.ago(airing.started_at),
        picture,
    )


def _destinations(row: StationNow) -> SafeString:
    wanted, connected = len(row.wanted), len(row.connected)
    if not wanted:
        return format_html('<span class="lw-sub">{}</span>', "preview only" if row.is_on_air else "none")
    if not row.is_on_air:
        return format_html('<span class="lw-sub">{} idle</span>', wanted)
    missing = [d for d in row.wanted if d not in row.connected]
    if missing:
        names = ", ".join(d.name for d in missing)
        told = cells.state(f"{connected} of {wanted} up", "fail", hint=f"Not connected: {names}")
        return format_html('{} <span class="lw-sub" title="{}">{}</span>', told, _whys(missing), f"not {names}")
    unseen = [d.name for d in row.wanted if platforms.is_offline_there(d)]
    if unseen:
        names = ", ".join(unseen)
        told = cells.state(f"{connected} of {wanted} up", "fail", hint=f"It does not arrive at {names}.")
        return format_html('{} <span class="lw-sub">offline at {}</span>', told, names)
    tone: cells.Tone = "warn" if any(d.on_backup or d.backup_connected is False for d in row.wanted) else "ok"
    return cells.state(
        f"{connected} of {wanted} up", tone, hint="" if tone == "ok" else "A backup ingest is on its own."
    )


def _whys(missing: list[Destination]) -> str:
    return "\n".join(f"{d.name}: {d.last_error or 'It is being connected.'}" for d in missing)


def _live(row: StationNow, part: str, told: SafeString) -> SafeString:
    return cells.live(f"station:{row.station.pk}:{part}", told)
