"""A station is handed from machine to machine: a short gap, never two publishers, nothing lost when it goes wrong."""

from __future__ import annotations

import signal
import time
from functools import partial

import pytest

from streaming.asrun.models import Airing, ErrorEntry
from streaming.cues.models import TrackMapping
from streaming.nodes import services
from streaming.nodes.errors import NodeRefusedError
from streaming.outputs.services import add_destination
from streaming.stations.models import Station
from tests.factories import make_loop, make_rendition
from tests.streaming.nodes.broadcast import broadcast
from tests.streaming.nodes.stage import until
from tests.streaming.nodes.studio import change
from tests.streaming.playout import pictures
from tests.streaming.playout.recording import read

__all__ = ["broadcast"]
pytestmark = pytest.mark.slow
SHORT = 3.0


@pytest.fixture
def pair(broadcast):
    broadcast.machines.add("one")
    broadcast.machines.add("two")
    station = broadcast.station()
    return broadcast, station, broadcast.on_air(station)


def other_than(broadcast, machine):
    return next(one for one in broadcast.machines if one is not machine)


def held_by(broadcast, station, machine):
    return broadcast.holder(station) is machine


def gap(broadcast, station):
    """Return the seconds without pictures at the last change of publishers."""
    return broadcast.ingest.gaps(station.slug)[-1]


@pytest.mark.whole
def test_a_station_is_handed_over_with_a_short_gap_and_its_track_goes_on(pair, tmp_path):
    broadcast, station, first = pair
    drawn = pictures.make_rendition(tmp_path / "blue", pictures.COLOURS["blue"], 120)
    loop = make_rendition(make_loop("Blue"), broadcast.profile, content=drawn.read_bytes()).loop
    TrackMapping.objects.create(station=station, track_key="ana - blue", loop=loop)
    change(station, "Blue", 1)
    until(lambda: Airing.objects.filter(title="Blue").exists(), "an airing")
    second = other_than(broadcast, first)
    assert services.hand_over(station=station) == second.row()
    broadcast.ingest.wait_for(station.slug, count=2)
    print(f"hand-over: {gap(broadcast, station):.2f} s without pictures")  # noqa: T201 - a figure to quote
    assert gap(broadcast, station) <= SHORT
    assert broadcast.overlap() == 0
    assert broadcast.holder(station) is second
    until(lambda: not first.encoders(), "the end of the old encoder")
    until(lambda: broadcast.row(station).frame, "its statistics")
    time.sleep(2)
    airing = Airing.objects.get()
    assert (airing.title, airing.duration_seconds) == ("Blue", None)
    assert list(ErrorEntry.objects.values_list("service", "message")) == []


@pytest.mark.long
def test_a_machine_that_is_drained_gives_all_its_stations_away_and_takes_none(pair):
    broadcast, station, first = pair
    others = [broadcast.station(slug, pinned_node=first.row()) for slug in ("a-fm", "b-fm")]
    for one in others:
        broadcast.on_air(one)
    Station.objects.update(pinned_node=None)
    services.drain(node=first.row())
    second = other_than(broadcast, first)
    for one in (station, *others):
        until(partial(held_by, broadcast, one, second), f"{one.slug} elsewhere", seconds=40)
        broadcast.ingest.wait_for(one.slug, count=2)
    gaps = {one.slug: round(gap(broadcast, one), 2) for one in (station, *others)}
    print(f"drained: seconds without pictures {gaps}")  # noqa: T201 - a figure to quote
    assert max(gaps.values()) <= SHORT
    assert broadcast.overlap() == 0
    until(lambda: not first.encoders(), "an empty machine")


@pytest.mark.long
def test_a_station_follows_its_pin_and_its_labels(pair):
    broadcast, station, first = pair
    second = other_than(broadcast, first)
    Station.objects.filter(pk=station.pk).update(pinned_node=second.row())
    until(lambda: broadcast.holder(station) is second, "the station at its pin", seconds=30)
    broadcast.fenced(station, fenced=False)
    type(first.row()).objects.filter(pk=first.row().pk).update(labels=["fast"])
    Station.objects.filter(pk=station.pk).update(pinned_node=None, needs_labels=["fast"])
    until(lambda: broadcast.holder(station) is first, "the station where its label is", seconds=30)
    broadcast.flows(station)
    assert broadcast.overlap() == 0


@pytest.mark.long
def test_nothing_is_lost_when_the_other_machine_dies_before_its_turn(pair):
    broadcast, station, first = pair
    second = other_than(broadcast, first)
    second.signal(signal.SIGSTOP)
    services.hand_over(station=station, to=second.row())
    until(lambda: broadcast.row(station).handover_to is None, "the cancelling", seconds=40)
    assert "cancelled" in until(ErrorEntry.objects.first, "an entry").message
    broadcast.flows(station)
    assert len(broadcast.ingest.of(station.slug)) == 1
    assert broadcast.holder(station) is first


@pytest.mark.long
def test_a_hand_over_to_where_it_cannot_go_says_why(pair):
    broadcast, station, first = pair
    second = other_than(broadcast, first)
    with pytest.raises(NodeRefusedError, match="already"):
        services.hand_over(station=station, to=first.row())
    services.drain(node=second.row())
    with pytest.raises(NodeRefusedError, match="two is being drained"):
        services.hand_over(station=station)


@pytest.mark.long
def test_a_restart_of_an_encoder_costs_no_more_than_a_hand_over(pair):
    broadcast, station, _ = pair
    gaps = []
    for count in (2, 3):
        Station.objects.filter(pk=station.pk).update(restart_wanted_at="2026-01-01T00:00:00Z")
        broadcast.ingest.wait_for(station.slug, count=count)
        gaps.append(round(gap(broadcast, station), 2))
    print(f"restart: {gaps} s without pictures")  # noqa: T201 - a figure to quote
    assert max(gaps) <= SHORT
    assert broadcast.overlap() == 0


@pytest.mark.long
@pytest.mark.peers("nginx")
def test_the_gap_of_a_hand_over_in_what_a_real_relay_recorded(broadcast, nginx_rtmp):
    broadcast.machines.add("one")
    broadcast.machines.add("two")
    station = broadcast.station()
    add_destination(station=station, url=nginx_rtmp.rtmp_url("live"), key="relay-key", allow_private=True)
    broadcast.on_air(station)
    nginx_rtmp.wait_for("publish", "relay-key", within=20)
    gaps = []
    for count in (2, 3, 4):
        services.hand_over(station=station)
        began = nginx_rtmp.wait_for("publish", "relay-key", count=count, within=30).at
        ended = nginx_rtmp.wait_for("record_done", "relay-key", count=count - 1, within=20)
        gaps.append(round(began - ended.path.stat().st_mtime, 2))  # from the last byte written to the next publish
        broadcast.fenced(station)
        until(lambda: broadcast.row(station).handover_to is None, "the end of it")
        assert read(ended.path).errors == 0
    print(f"hand-overs at nginx-rtmp: {gaps} s between the recordings")  # noqa: T201 - a figure to quote
    assert max(gaps) <= SHORT
    assert nginx_rtmp.publishes("relay-key") == 4
