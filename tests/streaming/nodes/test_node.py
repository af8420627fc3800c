"""A node puts stations on air as the database says, and writes down what happens."""

from __future__ import annotations

import time
from functools import partial
from uuid import UUID

import psutil

from catalog.models import Rendition
from streaming.asrun.models import Airing, ErrorEntry
from streaming.cues.models import Cue, TrackMapping
from streaming.cues.services import cue_loop
from streaming.nodes.folder import EncoderFolder, read_json
from streaming.nodes.models import Encoder, EncoderRun
from streaming.outputs.services import add_destination
from streaming.stations import services
from streaming.stations.models import Station
from tests.factories import make_loop, make_rendition, make_station
from tests.streaming.nodes.stage import behave, heard, until
from tests.streaming.nodes.studio import change, fact


def titles() -> list[str]:
    return list(Airing.objects.order_by("started_at", "id").values_list("title", flat=True))


def sent(station, count: int) -> bool:
    return len(heard(EncoderFolder(station.pk), "show")) == count


def test_a_station_that_is_wanted_comes_on_air_and_its_row_says_so(studio, station):
    studio.node()
    pid = studio.pid(station)
    row = until(lambda: (r := studio.row(station)).frame and r.source_up and r, "statistics")
    assert row.node is not None
    assert row.run is not None
    assert (row.run.pid, row.exit_code) == (pid, None)
    assert row.memory_mb > 1
    assert row.lease_until > row.seen_at


def test_start_and_stop_are_heard_at_once(studio, station):
    services.stop_station(station=station)
    node = studio.node()
    assert node._listener.listening.wait(10)
    asked = time.monotonic()
    services.start_station(station=station)
    pid = studio.pid(station)
    assert time.monotonic() - asked < 3
    services.stop_station(station=station)
    studio.until_state(station, "STOPPED", seconds=3)
    assert not psutil.pid_exists(pid)
    row = until(lambda: studio.row(station).node is None and studio.row(station), "the release")
    assert (row.lease_until, row.pid) == (None, None)
    run = EncoderRun.objects.get()
    assert (run.exit_code, run.ended_at is not None) == (0, True)


def test_a_track_change_is_on_air_well_within_a_second(studio, station):
    studio.node()
    studio.pid(station)
    took = []
    for number in range(5):
        started = time.monotonic()
        change(station, f"Track {number}", number)
        until(partial(sent, station, number + 1), "the command")
        took.append(time.monotonic() - started)
    assert max(took) < 1.0, took
    until(lambda: len(titles()) == 5, "five airings")
    assert titles() == [f"Track {n}" for n in range(5)]
    assert Encoder.objects.get().tracks_played_total == 5


def test_the_track_goes_with_its_cue(studio, station):
    studio.node()
    studio.pid(station)
    row = change(station, "Blue", 1)
    show = until(lambda: heard(EncoderFolder(station.pk), "show"), "the command")[0]
    cue = Cue.objects.get()
    assert show["cue"]["id"] == str(cue.pk)
    expected = {"artist": "Ana", "title": "Blue", "album": "", "song_id": "", "track_key": "ana - blue"}
    assert show["cue"]["track"] == {**expected, "change": row.pk}
    until(lambda: Cue.objects.get().sent_at, "the mark")


def test_changes_overtaken_while_nobody_looked_never_go_on_air(studio, station):
    for number, title in enumerate(("Old", "Older", "New")):
        change(station, title, number)
    studio.node()
    until(titles, "an airing")
    assert titles() == ["New"]
    assert station.track_changes.filter(cued_at=None).count() == 0
    assert Cue.objects.count() == 1


def test_a_mapped_track_shows_its_loop(studio, station):
    rendition = make_rendition(make_loop("Own"))
    TrackMapping.objects.create(station=station, track_key="ana - blue", loop=rendition.loop)
    studio.node()
    studio.pid(station)
    change(station, "Blue", 1)
    airing = until(Airing.objects.first, "an airing")
    assert airing.loop == rendition.loop
    assert TrackMapping.objects.get().play_count == 1


def test_a_loop_that_gets_ready_while_its_track_is_on_is_shown_then(studio, station):
    loop = make_loop("Own")
    TrackMapping.objects.create(station=station, track_key="ana - blue", loop=loop)
    late = make_rendition(loop, status=Rendition.Status.COMPILING)
    studio.node()
    studio.pid(station)
    change(station, "Blue", 1)
    folder = EncoderFolder(station.pk)
    until(lambda: heard(folder, "show"), "the slate")
    Rendition.objects.filter(pk=late.pk).update(status=Rendition.Status.READY)
    shows = until(lambda: len(heard(folder, "show")) == 2 and heard(folder, "show"), "the loop itself")
    assert shows[1]["picture"]["id"] == str(late.pk)
    assert shows[1]["cue"]["track"] == shows[0]["cue"]["track"]
    until(lambda: EncoderRun.objects.get().stored_sequence == 2, "both facts")
    assert titles() == ["Blue"]


def test_an_operators_loop_is_shown_and_is_no_airing(studio, station):
    rendition = make_rendition(make_loop("Own"))
    studio.node()
    studio.pid(station)
    change(station, "Blue", 1)
    until(titles, "an airing")
    cue_loop(station=station, loop=rendition.loop, held=False)
    folder = EncoderFolder(station.pk)
    shows = until(lambda: len(heard(folder, "show")) == 2 and heard(folder, "show"), "the loop")
    assert shows[1]["picture"]["id"] == str(rendition.pk)
    until(lambda: EncoderRun.objects.get().stored_sequence == 2, "both facts")
    assert titles() == ["Blue"]


def test_a_destination_is_added_without_touching_the_encoder(studio, station):
    studio.node()
    pid = studio.pid(station)
    destination = add_destination(station=station, url="rtmp://relay.example/live", key="secret-key-1")
    folder = EncoderFolder(station.pk)
    outputs = until(lambda: heard(folder, "outputs"), "the outputs")[-1]["outputs"]
    assert [output["id"] for output in outputs] == [str(destination.pk), "preview"]
    assert outputs[0]["key"] == "secret-key-1"

    def counted():
        destination.refresh_from_db()
        return destination.connected and destination.bytes_total > 0

    until(counted, "its counters")
    assert studio.pid(station) == pid


def test_a_restart_by_an_operator_is_done_once_and_counts_as_no_crash(studio, station):
    studio.node()
    first = studio.pid(station)
    services.restart_station(station=station)
    until(lambda: studio.row(station).pid not in (None, first), "a new process")
    second = studio.pid(station)
    assert Station.objects.get().restart_wanted_at is None
    time.sleep(2.5)  # more than one look at the tables: it is not restarted again
    assert studio.pid(station) == second
    assert studio.row(station).restarts_total == 0
    assert not ErrorEntry.objects.exists()


def test_errors_of_the_encoder_are_in_the_log(studio, station):
    studio.node()
    studio.pid(station)
    fact(station, event="error", severity="warning", about="source", message="The radio hung up.")
    entry = until(ErrorEntry.objects.first, "an entry")
    assert (entry.message, entry.station) == ("The radio hung up.", station)


def test_a_title_in_the_sound_becomes_a_change_and_comes_back_as_a_cue(studio, station):
    studio.node()
    studio.pid(station)
    fact(station, event="title", text="Ana - Blue")
    until(lambda: titles() == ["Blue"], "an airing")


def test_a_crash_is_counted_once_and_said_once(studio, station):
    studio.node()
    first = studio.pid(station)
    psutil.Process(first).kill()
    until(lambda: studio.row(station).pid not in (None, first), "a new process")
    studio.pid(station)
    until(lambda: studio.row(station).restarts_total == 1, "the count")
    assert ErrorEntry.objects.filter(message__contains="exit code -9").count() == 1
    ended = EncoderRun.objects.get(pid=first)
    assert ended.exit_code == -9


def test_what_an_encoder_did_right_before_it_was_killed_is_stored(studio, station):
    studio.node()
    first = studio.pid(station)
    change(station, "Blue", 1)
    until(titles, "an airing")
    psutil.Process(first).suspend()  # what follows is in the journal, and nobody was told
    journal = EncoderFolder(station.pk).journal(EncoderRun.objects.get().pk)
    with journal.open("a") as file:
        told = '"event": "error", "severity": "error", "about": "source", "message": "Last words."'
        file.write(f'{{"seq": 2, "at": {time.time()}, {told}}}\n')
        file.write('{"seq": 3, "at": 1')
    psutil.Process(first).kill()
    until(lambda: ErrorEntry.objects.filter(message="Last words.").count() == 1, "the last fact")
    studio.pid(station)
    assert titles() == ["Blue"]


def test_one_that_fails_ten_times_waits_for_an_operator(studio, station):
    folder = EncoderFolder(station.pk)
    behave(folder, exit=70)
    Encoder.objects.update(state="CRASHED", restarts=9)
    studio.node()
    row = studio.until_state(station, "FAILED")
    assert (row.exit_code, row.last_lines) == (70, "I end at once")
    assert ErrorEntry.objects.filter(severity="critical").count() == 1
    behave(folder)
    services.start_station(station=station)
    studio.pid(station)
    until(lambda: studio.row(station).restarts == 0, "a clean record")


def test_a_deleted_station_goes_off_air(studio, station):
    studio.node()
    pid = studio.pid(station)
    station.delete()
    until(lambda: not psutil.pid_exists(pid), "its end")


def test_the_node_ends_within_eight_seconds_and_takes_everything_off_air(studio, station):
    other = make_station("day-fm", source_kind="azuracast", wanted_on_air=True)
    node = studio.node()
    pids = [studio.pid(one) for one in (station, other)]
    behave(EncoderFolder(other.pk), deaf=True)
    change(station, "Blue", 1)
    until(titles, "an airing")
    assert studio.stop(node) < 8
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert list(Encoder.objects.values_list("state", flat=True)) == ["STOPPED", "STOPPED"]
    assert not Encoder.objects.exclude(node=None).exists()
    assert Airing.objects.get().duration_seconds is not None
    assert set(Station.objects.values_list("wanted_on_air", flat=True)) == {True}


def test_a_node_may_leave_its_stations_on_air_for_the_next(studio, station):
    first = studio.node()
    pid = studio.pid(station)
    run = studio.row(station).run_id
    assert studio.stop(first, leave_on_air=True) < 8
    assert psutil.pid_exists(pid)
    assert studio.row(station).state == "RUNNING"
    studio.node()
    until(lambda: studio.row(station).frame, "statistics")
    assert (studio.pid(station), studio.row(station).run_id) == (pid, run)
    assert UUID((read_json(EncoderFolder(station.pk).process) or {})["run"]) == run
