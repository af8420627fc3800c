"""Writes how an encoder is to its row, about every two seconds; only the node that has the station may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F

from streaming.nodes.models import Encoder, EncoderRun

if TYPE_CHECKING:
    from uuid import UUID

    from streaming.nodes.board import Status
    from streaming.nodes.models import Node

TEXT_LIMIT = 8000


def beat(*, station: UUID, node: Node, status: Status, usage: tuple[float, float], restarts: int) -> bool:
    """Write the row; ``restarts`` are those not yet added to the total. ``False``: another node has the station."""
    cpu, memory = usage
    source = status.statistics.get("source") or {}
    values: dict[str, Any] = {
        "state": status.state.value,
        "state_since": status.state_at,
        "run_id": status.run if status.run and EncoderRun.objects.filter(pk=status.run).exists() else None,
        "pid": status.pid,
        "started_at": status.started_at if status.pid else None,
        "seen_at": status.seen_at,
        "cpu_percent": cpu,
        "memory_mb": memory,
        "frame": int(status.statistics.get("frame") or 0),
        "source_up": bool(status.pid and source.get("up")),
        "source_error": str(source.get("error") or "")[:TEXT_LIMIT],
        **_sound(status),
        "restarts": status.failures,
        "restarts_total": F("restarts_total") + restarts,
        "next_start_at": status.next_start_at,
        "exit_code": status.exit_code,
        "last_lines": status.last_lines.replace("\0", ""),
    }
    return bool(Encoder.objects.filter(station=station, node=node).update(**values))


def _sound(status: Status) -> dict[str, Any]:
    """Return where the sound comes from and how loud it is; nothing is known of an encoder that does not run."""
    told = status.statistics if status.pid else {}
    lane, loudness = told.get("lane") or {}, told.get("loudness") or {}
    return {
        "lane": str(lane.get("lane") or "")[:16],
        "lane_name": str(lane.get("name") or "").replace("\0", "")[:120],
        "delay_ms": int((told.get("source") or {}).get("delay_ms") or 0),
        "momentary_lufs": loudness.get("momentary"),
        "short_term_lufs": loudness.get("short_term"),
        "integrated_lufs": loudness.get("integrated"),
        "true_peak_db": loudness.get("true_peak"),
        "gain_db": loudness.get("gain_db") or 0.0,
    }
