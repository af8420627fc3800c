"""Every fact is stored once, in order; one play of a track is one airing."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from streaming.asrun.models import Airing, ErrorEntry
from streaming.asrun.queries import on_air, recent_airings
from streaming.asrun.services import BATCH, close_airings, store_facts
from streaming.cues.models import Cue, TrackMapping
from streaming.nodes.models import Encoder, EncoderRun
from streaming.sources.models import TrackChange
from tests.factories import make_loop, make_station

pytestmark = pytest.mark.django_db
START = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def station():
    return make_station()


@pytest.fixture
def run(station):
    return EncoderRun.objects.create(station=station, pid=77)


def make_cue(station, title="Blue", *, change=True, reason=Cue.Reason.DEFAULT):
    row = None
    if change:
        row = TrackChange.objects.create(
            station=station,
            dedupe_key=f"sh:{TrackChange.objects.count()}",
            origin=TrackChange.Origin.WEBHOOK,
            artist="Ana",
            title=title,
            track_key=f"ana - {title.lower()}",
            song_id="s1",
            started_at=START,
        )
    return Cue.objects.create(station=station, change=row, loop=make_loop(title), reason=reason)


def aired(seq, cue, seconds=0, **changes):
    told = {"id": str(cue.pk), "track": {}} if cue else {"id": None, "track": changes.pop("track", {})}
    at = (START + timedelta(seconds=seconds)).timestamp()
    fact = {"event": "aired", "at": at, "seq": seq, "cue": told, "picture": "p", "frame": seconds * 30}
    return {**fact, "switch_ms": 40, "origin": "show", **changes}


def store(run, *facts):
    return store_facts(run=run.pk, facts=facts)


def test_an_airing_has_the_track_the_picture_and_the_frame(station, run):
    cue = make_cue(station)
    store(run, aired(1, cue, 10))
    airing = Airing.objects.get()
    assert (airing.artist, airing.title, airing.track_key, airing.song_id) == ("Ana", "Blue", "ana - blue", "s1")
    assert (airing.cue, airing.change, airing.loop) == (cue, cue.change, cue.loop)
    assert (airing.frame, airing.switch_ms, airing.pid, airing.sequence) == (300, 40, 77, 1)
    assert airing.started_at == START + timedelta(seconds=10)
    assert airing.duration_seconds is None


def test_the_next_airing_gives_the_one_before_its_length(station, run):
    store(run, aired(1, make_cue(station)), aired(2, make_cue(station, "Red"), 180))
    assert list(Airing.objects.order_by("sequence").values_list("duration_seconds", flat=True)) == [180, None]


def test_facts_told_twice_are_stored_once(station, run):
    facts = [aired(1, make_cue(station)), aired(2, make_cue(station, "Red"), 60)]
    first, second = store(run, *facts), store(run, *facts)
    assert (first.facts, first.airings, second.facts, second.airings) == (2, 2, 0, 0)
    assert Airing.objects.count() == 2
    assert Encoder.objects.get(station=station).tracks_played_total == 2


def test_only_what_is_new_of_an_overlap_is_stored(station, run):
    one, two = aired(1, make_cue(station)), aired(2, make_cue(station, "Red"), 60)
    store(run, one)
    assert store(run, one, two).facts == 1
    run.refresh_from_db()
    assert run.stored_sequence == 2


def test_the_same_cue_after_a_crash_is_the_same_airing(station, run):
    cue = make_cue(station)
    store(run, aired(1, cue))
    later = EncoderRun.objects.create(station=station)
    store(later, aired(1, cue, 30, origin="start"))
    assert Airing.objects.count() == 1
    later.refresh_from_db()
    assert later.stored_sequence == 1


def test_a_better_picture_for_the_track_on_air_is_the_same_airing(station, run):
    cue = make_cue(station)
    again = Cue.objects.create(station=station, change=cue.change, loop=make_loop("Own"), reason=Cue.Reason.TRACK_KEY)
    store(run, aired(1, cue), aired(2, again, 20))
    assert Airing.objects.get().loop == cue.loop
    assert sum(Encoder.objects.get(station=station).switch_seconds_buckets) == 2


def test_a_loop_an_operator_shows_is_no_airing_of_its_own(station, run):
    store(run, aired(1, make_cue(station)), aired(2, make_cue(station, change=False, reason=Cue.Reason.MANUAL), 20))
    assert Airing.objects.count() == 1


def test_the_same_cue_after_the_station_was_off_air_is_a_new_airing(station, run):
    cue = make_cue(station)
    store(run, aired(1, cue))
    close_airings(station=station, at=START + timedelta(seconds=50))
    store(EncoderRun.objects.create(station=station), aired(1, cue, 90, origin="start"))
    assert list(Airing.objects.order_by("started_at").values_list("duration_seconds", flat=True)) == [50, None]


def test_a_cue_whose_row_is_gone_still_airs_with_what_it_carried(station, run):
    cue = make_cue(station)
    fact = aired(1, cue)
    fact["cue"]["track"] = {"artist": "Ana", "title": "Blue", "track_key": "ana - blue"}
    cue.delete()
    store(run, fact)
    assert Airing.objects.get().title == "Blue"


def test_a_playlist_that_moves_on_leaves_a_change_and_an_airing(station, run):
    loop = make_loop("Waves")
    track = {"artist": "Own", "title": "Song", "album": "LP", "track_key": "own - song", "loop": str(loop.pk)}
    store(run, aired(1, None, track=track, origin="playlist"))
    airing = Airing.objects.get()
    assert (airing.title, airing.album, airing.loop, airing.cue) == ("Song", "LP", loop, None)
    assert airing.change is not None
    assert (airing.change.origin, airing.change.dedupe_key) == ("playlist", f"{run.pk}:1")
    assert airing.change.cued_at is not None


def test_a_playlist_entry_whose_loop_was_deleted_airs_without_one(station, run):
    store(run, aired(1, None, track={"title": "Song", "loop": "6f9619ff-8b86-4011-b42d-00cf4fc964ff"}))
    assert Airing.objects.get().loop is None


def test_a_play_is_counted_on_its_mapping(station, run):
    loop = make_loop("Own")
    mapping = TrackMapping.objects.create(station=station, track_key="ana - blue", loop=loop)
    store(run, aired(1, make_cue(station)))
    mapping.refresh_from_db()
    assert mapping.play_count == 1


def test_switches_are_counted_by_how_long_they_took(station, run):
    slow = aired(2, make_cue(station, "Red"), 60, switch_ms=700)
    start = aired(3, make_cue(station, "Green"), 90, origin="start", switch_ms=0)
    store(run, aired(1, make_cue(station)), slow, start)
    encoder = Encoder.objects.get(station=station)
    assert encoder.switch_seconds_buckets == [1, 0, 0, 0, 1, 0, 0, 0]
    assert encoder.switch_seconds_sum == pytest.approx(0.74)


def test_a_title_in_the_sound_is_a_change_once(station, run):
    fact = {"event": "title", "at": timezone.now().timestamp(), "seq": 1, "text": "Ana - Blue"}
    store(run, fact, {**fact, "seq": 2, "text": " - "}, {**fact, "seq": 3})
    change = TrackChange.objects.get()
    assert (change.artist, change.title, change.origin) == ("Ana", "Blue", "icy")


def test_an_error_is_kept_and_marks_the_airing_it_fell_into(station, run):
    error = {"event": "error", "at": START.timestamp() + 5, "seq": 2, "severity": "error", "about": "source"}
    store(run, aired(1, make_cue(station)), {**error, "message": "The radio hung up."})
    entry = ErrorEntry.objects.get()
    assert (entry.severity, entry.context, entry.service) == ("error", {"about": "source"}, "playout")
    assert Airing.objects.get().error_message == "The radio hung up."


def test_a_warning_does_not_mark_the_airing(station, run):
    warning = {"event": "error", "at": START.timestamp() + 5, "seq": 2, "severity": "warning", "message": "Slow."}
    store(run, aired(1, make_cue(station)), warning)
    assert not Airing.objects.get().had_errors


def test_a_fact_nobody_can_store_does_not_hold_up_the_next(station, run):
    year_zero = aired(1, make_cue(station))
    year_zero["at"] = -1e18
    unstorable = {"event": "error", "at": START.timestamp(), "seq": 2, "message": "x", "about": "y\0\ud800"}
    store(run, year_zero, unstorable, aired(3, make_cue(station, "Red")))
    assert ErrorEntry.objects.count() == 2
    assert Airing.objects.get().title == "Red"
    run.refresh_from_db()
    assert run.stored_sequence == 3


def test_a_fact_the_database_refuses_is_kept_as_an_error(station, run, monkeypatch):
    from streaming.asrun import recorder

    monkeypatch.setattr(recorder, "NAME_LIMIT", 4000)
    track = {"title": "x" * 3000, "track_key": "x"}
    store(run, aired(1, None, track=track), aired(2, make_cue(station), 9))
    assert "cannot be stored" in ErrorEntry.objects.get().message
    assert Airing.objects.get().sequence == 2


def test_a_long_journal_is_stored_in_batches(station, run):
    titles = ({"event": "error", "at": START.timestamp(), "seq": n, "message": "m"} for n in range(1, BATCH + 10))
    stored = store_facts(run=run.pk, facts=titles)
    assert (stored.facts, stored.sequence) == (BATCH + 9, BATCH + 9)


@pytest.mark.django_db(transaction=True)
def test_two_nodes_storing_one_journal_at_once_store_it_once():
    station = make_station()
    run = EncoderRun.objects.create(station=station)
    facts = [aired(n, make_cue(station, f"Track {n}"), n * 60) for n in range(1, 21)]
    together = threading.Barrier(4)

    def work():
        together.wait()
        store_facts(run=run.pk, facts=facts)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Airing.objects.count() == 20
    assert Encoder.objects.get(station=station).tracks_played_total == 20


def test_recent_airings_go_back_page_by_page(station, run):
    store(run, *[aired(n, make_cue(station, f"T{n}"), n) for n in range(1, 8)])
    first = recent_airings(station=station, limit=3)
    second = recent_airings(station=station, before=first[-1], limit=3)
    assert [a.title for a in first + second] == ["T7", "T6", "T5", "T4", "T3", "T2"]
    assert on_air(station=station) == first[0]
