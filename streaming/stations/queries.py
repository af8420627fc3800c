"""Reads how stations are, for people and scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from streaming.asrun.queries import on_air, recent_errors
from streaming.nodes.models import Encoder
from streaming.outputs.told import masked, masked_key, state_word

if TYPE_CHECKING:
    from datetime import datetime

    from streaming.asrun.models import Airing
    from streaming.outputs.models import Destination
    from streaming.stations.models import Station


def station_status(station: Station) -> dict[str, Any]:
    """Return how a station is, JSON types only; times are ISO 8601, UTC.

    Shape: ``slug, name, source, wanted, on_air, state, since, uptime_seconds, node, pid, cpu_percent, memory_mb,
    frame, restarts, restarts_total, exit_code, source_up, source_error,
    sound {lane, name, momentary_lufs, short_term_lufs, integrated_lufs, true_peak_dbtp, gain_db} | null,
    now {artist, title, loop, started_at} | null,
    destinations [{name, address, key, enabled, connected, bytes, reconnects, dropped, error}], last_error | null``.
    """
    encoder = Encoder.objects.select_related("node").filter(station=station).first() or Encoder(station=station)
    running = encoder.state == Encoder.State.RUNNING
    errors = recent_errors(station=station, limit=1)
    return {
        "slug": station.slug,
        "name": station.name,
        "source": station.source_kind,
        "wanted": station.wanted_on_air,
        "on_air": running,
        "state": str(encoder.state),
        "since": _iso(encoder.state_since),
        "uptime_seconds": _seconds_since(encoder.started_at) if running else 0,
        "node": encoder.node.name if encoder.node else None,
        "pid": encoder.pid,
        "cpu_percent": round(encoder.cpu_percent, 1),
        "memory_mb": round(encoder.memory_mb, 1),
        "frame": encoder.frame,
        "restarts": encoder.restarts,
        "restarts_total": encoder.restarts_total,
        "exit_code": encoder.exit_code,
        "source_up": encoder.source_up,
        "source_error": encoder.source_error,
        "sound": _sound(encoder) if running else None,
        "now": _now(on_air(station=station)) if running else None,
        "destinations": [_destination(destination) for destination in station.destinations.all()],
        "last_error": {"at": _iso(errors[0].timestamp), "message": errors[0].message} if errors else None,
    }


def _sound(encoder: Encoder) -> dict[str, Any]:
    return {
        "lane": encoder.lane,
        "name": encoder.lane_name,
        "momentary_lufs": encoder.momentary_lufs,
        "short_term_lufs": encoder.short_term_lufs,
        "integrated_lufs": encoder.integrated_lufs,
        "true_peak_dbtp": encoder.true_peak_db,
        "gain_db": encoder.gain_db,
    }


def _now(airing: Airing | None) -> dict[str, Any] | None:
    if airing is None:
        return None
    return {
        "artist": airing.artist,
        "title": airing.title,
        "loop": airing.loop.name if airing.loop else None,
        "started_at": _iso(airing.started_at),
    }


def _destination(destination: Destination) -> dict[str, Any]:
    return {
        "name": destination.name,
        "address": destination.url,
        "key": masked_key(destination),
        "shown": masked(destination),
        "state": state_word(destination),
        "enabled": destination.enabled,
        "connected": destination.connected,
        "bytes": destination.bytes_total,
        "reconnects": destination.reconnects_total,
        "dropped": destination.dropped_packets_total,
        "error": "" if destination.connected else destination.last_error,
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _seconds_since(at: datetime | None) -> int:
    return max(0, round((timezone.now() - at).total_seconds())) if at else 0
