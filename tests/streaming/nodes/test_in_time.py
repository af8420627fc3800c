"""Cues reach the encoder with the instant at which their sound changes, and each play airs once, in order."""

from __future__ import annotations

import time
from typing import Any

import psutil

from streaming.asrun.models import Airing
from streaming.cues.models import Cue
from streaming.cues.services import cue_loop
from streaming.nodes.folder import EncoderFolder
from streaming.nodes.models import Encoder
from streaming.sources.models import TrackChange
from streaming.stations import services
from streaming.stations.models import Station
from streaming.stations.syncing import measure_again, nudge_picture
from tests.factories import make_loop, make_rendition
from tests.streaming.nodes.stage import behave, heard, until
from tests.streaming.nodes.studio import change, fact


def titles() -> list[str]:
    return list(Airing.objects.order_by("started_at", "id").values_list("title", flat=True))


def shows(station) -> list[dict[str, Any]]:
    return heard(EncoderFolder(station.pk), "show")


def on_air_with_delay(studio, station, milliseconds: int) -> None:
    """An encoder whose sound goes out that late, and whose clock is known."""
    behave(EncoderFolder(station.pk), delay_ms=milliseconds)
    studio.node()
    studio.pid(station)
    until(lambda: studio.row(station).frame, "statistics")


def title(station, text: str, ahead: float = 2.0) -> float:
    """A title that will be heard soon; returns the media time it stands at."""
    media = studio_clock(station) + ahead
    fact(station, event="title", text=text, media=media, heard_at=time.time() + ahead, grain=0.6)
    return media


def studio_clock(station) -> float:
    """The fake's media time now: three frames a tenth of a second."""
    return float(Encoder.objects.get(station=station).frame) / 30


def test_a_change_airs_when_its_sound_is_heard_and_not_before(studio, station):
    on_air_with_delay(studio, station, 2000)
    change(station, "Blue", 1)
    said = until(lambda: shows(station), "the command")[0]
    assert said["at"] > 0
    assert titles() == []
    airing = until(Airing.objects.first, "an airing")
    waited = (airing.started_at - TrackChange.objects.get().received_at).total_seconds()
    assert 1.5 < waited < 4
    assert (airing.seam, airing.titled) == ("played", None)


def test_a_change_that_waits_does_not_erase_the_one_before(studio, station):
    on_air_with_delay(studio, station, 2500)
    change(station, "Blue", 1)
    until(lambda: shows(station), "the first command")
    change(station, "Red", 2)
    until(lambda: len(titles()) == 2, "both airings")
    assert titles() == ["Blue", "Red"]
    first, second = (TrackChange.objects.get(title=name).cues.get() for name in ("Blue", "Red"))
    assert None not in {first.due_at, second.due_at}
    assert str(first.due_at) < str(second.due_at)


def test_a_title_moves_the_picture_to_its_instant(studio, station):
    on_air_with_delay(studio, station, 6000)
    title(station, "Old - Song", ahead=0.1)
    change(station, "Blue", 1)
    until(lambda: shows(station), "the estimate")
    media = title(station, "Ana - Blue")
    moved = until(lambda: len(shows(station)) > 1 and shows(station)[-1], "the exact instant")
    assert moved["cue"]["id"] == shows(station)[0]["cue"]["id"]
    assert abs(moved["at"] - media) < 0.6
    until(lambda: titles() == ["Blue"], "the airing")
    assert Cue.objects.get().due_exact
    until(lambda: Encoder.objects.get(station=station).measured_delay_ms is not None, "what was learned")


def test_titles_say_only_when_where_plays_are_named(studio, station):
    on_air_with_delay(studio, station, 500)
    change(station, "Blue", 1)
    until(titles, "the airing")
    title(station, "Station - Jingle")
    change(station, "Red", 2)
    until(lambda: titles() == ["Blue", "Red"], "the next airing")
    assert set(TrackChange.objects.values_list("title", flat=True)) == {"Blue", "Red"}


def test_what_an_operator_shows_airs_at_once_and_the_waiting_track_still_comes(studio, station):
    rendition = make_rendition(make_loop("Own"))
    on_air_with_delay(studio, station, 4000)
    change(station, "Blue", 1)
    until(lambda: shows(station), "the track's command")
    cue = cue_loop(station=station, loop=rendition.loop, held=False)
    until(lambda: any(one["cue"]["id"] == str(cue.pk) for one in shows(station)), "the operator's command")
    assert titles() == []
    until(lambda: titles() == ["Blue"], "the track")
    manual = next(one for one in shows(station) if one["cue"]["id"] == str(cue.pk))
    assert "at" not in manual


def test_a_loop_that_is_held_is_kept_when_the_waiting_track_comes(studio, station):
    rendition = make_rendition(make_loop("Own"))
    on_air_with_delay(studio, station, 4000)
    change(station, "Blue", 1)
    until(lambda: shows(station), "the track's command")
    cue_loop(station=station, loop=rendition.loop, held=True)
    until(lambda: titles() == ["Blue"], "the track")
    assert Airing.objects.get().loop == rendition.loop


def test_a_new_process_uses_no_instant_of_the_old_one(studio, station):
    on_air_with_delay(studio, station, 5000)
    first = studio.pid(station)
    change(station, "Blue", 1)
    until(lambda: shows(station), "the command")
    psutil.Process(first).kill()
    until(lambda: studio.row(station).pid not in (None, first), "a new process")
    until(lambda: titles() == ["Blue"], "the airing")
    aired = Airing.objects.get()
    waited = (aired.started_at - TrackChange.objects.get().received_at).total_seconds()
    assert 3 < waited < 9


def test_a_delay_set_by_hand_counts_from_the_next_track_on(studio, station):
    on_air_with_delay(studio, station, 4000)
    Station.objects.update(sync_delay_ms=1500)
    nudge_picture(station=station, by_ms=-500)
    change(station, "Blue", 1)
    airing = until(Airing.objects.first, "an airing")
    assert (airing.started_at - TrackChange.objects.get().received_at).total_seconds() < 3


def test_measuring_again_empties_what_was_learned(studio, station):
    Encoder.objects.filter(station=station).update(measured_delay_ms=9000)
    on_air_with_delay(studio, station, 500)
    assert studio.row(station).measured_delay_ms == 9000
    measure_again(station=station)
    change(station, "Blue", 1)
    airing = until(Airing.objects.first, "an airing", 6)
    assert (airing.started_at - TrackChange.objects.get().received_at).total_seconds() < 5
    assert studio.row(station).measured_delay_ms is None


def test_a_station_taken_off_air_forgets_what_was_to_come(studio, station):
    on_air_with_delay(studio, station, 3000)
    change(station, "Blue", 1)
    until(lambda: shows(station), "the command")
    services.stop_station(station=station)
    studio.until_state(station, "STOPPED")
    assert titles() == []
