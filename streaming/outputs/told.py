"""A destination in words and figures for scripts and tables; its secrets are masked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streaming.outputs.models import Destination
from streaming.outputs.rules import profile_warnings

if TYPE_CHECKING:
    from datetime import datetime

MASK = "••••"
Kind = Destination.Kind


def masked(destination: Destination) -> str:
    """Return where it goes, with the key as a mask and at most its last four characters."""
    if destination.kind == Kind.RECORDING:
        return "recording"
    if not destination.key_sealed:
        return destination.url
    key = masked_key(destination)
    if destination.kind == Kind.RTMP:
        return f"{destination.url}/{key}"
    return destination.url.replace("{key}", key) if "{key}" in destination.url else f"{destination.url} {key}"


def masked_key(destination: Destination) -> str:
    """Return the mask and the key's last characters; empty without a key."""
    return f"{MASK}{destination.key_hint}" if destination.key_sealed else ""


def state_word(destination: Destination) -> str:
    """Return how it is in a word or two."""
    if not destination.enabled:
        return "paused"
    return str(Destination.State(destination.state).label) if destination.state else _by_connection(destination)


def told(destination: Destination) -> dict[str, Any]:
    """Return it as JSON types and times; needs ``station.profile`` to be loaded.

    Shape: ``{"name", "kind", "platform", "address", "enabled", "connected", "state", "since": time | None,
    "down_since", "queued_ms", "next_try_at", "on_backup", "backup_connected", "bytes", "reconnects", "dropped",
    "renewals", "renewed_at", "error", "error_at", "warnings": [sentence]}``.
    """
    return {
        "name": destination.name,
        "kind": destination.kind,
        "platform": destination.platform,
        "address": masked(destination),
        "enabled": destination.enabled,
        "connected": destination.connected,
        "state": state_word(destination),
        "since": destination.connected_since,
        "down_since": destination.down_since,
        "queued_ms": destination.queued_ms,
        "next_try_at": destination.next_try_at,
        "on_backup": destination.on_backup,
        "backup_connected": destination.backup_connected,
        "bytes": destination.bytes_total,
        "reconnects": destination.reconnects_total,
        "dropped": destination.dropped_packets_total,
        "renewals": destination.renewals_total,
        "renewed_at": destination.renewed_at,
        "error": destination.last_error,
        "error_at": destination.last_error_at,
        "warnings": profile_warnings(destination),
    }


def uptime_seconds(destination: Destination, at: datetime) -> float:
    """Return how long its connection has lasted; 0 while there is none."""
    if not destination.connected or destination.connected_since is None:
        return 0.0
    return max(0.0, (at - destination.connected_since).total_seconds())


def _by_connection(destination: Destination) -> str:
    return "connected" if destination.connected else "not connected"
