"""Decides what needs the operator, from rows that were read before; the most pressing comes first."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.urls import reverse

from streaming.asrun import sound_words
from streaming.console import of_destinations, sound, states
from streaming.console.need import Need
from streaming.nodes.models import Encoder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from catalog.models import Rendition
    from config.lib.admin_cells import Tone
    from streaming.console.overview import StationNow
    from streaming.nodes.models import Node

PATIENCE = timedelta(seconds=20)
_ORDER: dict[Tone, int] = {"fail": 0, "warn": 1, "busy": 2, "quiet": 3, "ok": 4}


def of_all(
    rows: Iterable[StationNow],
    nodes: Iterable[Node],
    failed: Iterable[Rendition],
    now: datetime,
    alarms: Iterable[Need] = (),
) -> list[Need]:
    """Return every need, the most pressing first; ``alarms`` as far as nothing here says the same."""
    rows = list(rows)
    found = [need for row in rows for need in _of_station(row, now)]
    found += _of_nodes(rows, list(nodes), now)
    found += [_of_rendition(rendition) for rendition in failed]
    told = {need.about for need in found if need.about}
    found += [need for need in alarms if need.about not in told]
    return sorted(found, key=lambda need: _ORDER[need.tone])


def _of_station(row: StationNow, now: datetime) -> Iterator[Need]:
    station, encoder = row.station, states.encoder_of(row.station)
    page = reverse("admin:streaming_station_change", args=[station.pk])
    if encoder and encoder.state == Encoder.State.FAILED:
        last = encoder.last_lines.strip().rpartition("\n")[2][:200]
        said = f" It said last: {last}" if last else ""
        log = reverse("admin:streaming_encoder_change", args=[station.pk])
        yield Need("fail", f"{station.name} is off air: its encoder failed too often.{said}", log, "See its log")
    if not station.wanted_on_air:
        return
    if row.is_on_air and encoder:
        yield from _of_running(row, encoder, page, now)
    if station.held_loop:
        yield Need("busy", f"{station.name} holds “{station.held_loop.name}” whatever plays.", page, "Release it there")
    if station.default_loop is None:
        yield Need("warn", f"{station.name} has no default loop: tracks of no loop show the slate.", page, "Choose one")


def _of_running(row: StationNow, encoder: Encoder, page: str, now: datetime) -> Iterator[Need]:
    name = row.station.name
    if states.is_unheard(encoder, now):
        yield Need("warn", f"{name} was on air when last heard, but nobody watches it now.", page, "Look")
    elif encoder.lane in sound_words.STOOD_IN:
        why = f" {row.step.reason}" if row.step else ""
        yield Need("warn", f"{name}: {sound.sentence(row)}{why}", page, "See its sound")
    elif not encoder.source_up and encoder.lane != sound_words.Lane.TAKEOVER:
        why = f" {encoder.source_error}" if encoder.source_error else ""
        yield Need("warn", f"{name} sends silence: no sound arrives from its source.{why}", page, "Test the source")
    for destination in row.wanted:
        yield from of_destinations.needs_of(row, destination)


def _of_nodes(rows: list[StationNow], nodes: list[Node], now: datetime) -> Iterator[Need]:
    wanted = any(row.station.wanted_on_air for row in rows)
    alive = any(node.seen_at and now - node.seen_at <= PATIENCE for node in nodes)
    if wanted and not alive:
        url = reverse("admin:streaming_node_changelist")
        yield Need(
            "fail",
            "No node runs: stations on air go on, but none is started, stopped or watched. Start “manage.py node”.",
            url,
            "See the nodes",
        )


def _of_rendition(rendition: Rendition) -> Need:
    url = reverse("admin:catalog_rendition_change", args=[rendition.pk])
    sentence = f"“{rendition.loop.name}” could not be compiled for {rendition.profile_id}. {rendition.reason}"
    return Need("warn", sentence, url, "Compile again")
