"""The database may be away for any time: stations stay on air, and what happened is stored later, once."""

from __future__ import annotations

import time
from functools import partial

import psutil

from streaming.asrun.facts import read
from streaming.asrun.models import Airing, ErrorEntry
from streaming.nodes.folder import EncoderFolder
from streaming.nodes.models import EncoderRun
from streaming.stations import services
from tests.streaming.nodes.stage import living, say, until
from tests.streaming.nodes.studio import change, database_away, fact


def messages() -> list[str]:
    return list(ErrorEntry.objects.filter(service="playout").order_by("pk").values_list("message", flat=True))


def tell(station, text):
    fact(station, event="error", severity="warning", about="source", message=text)


def journaled(station, text) -> bool:
    folder = EncoderFolder(station.pk)
    return any(text in folder.journal(run).read_text() for run in folder.runs())


def test_facts_made_while_the_database_is_away_are_stored_later_exactly_once(studio, station):
    studio.node()
    pid = studio.pid(station)
    tell(station, "before")
    until(messages, "the first fact")
    with database_away():
        for number in range(20):
            tell(station, f"away {number}")
        time.sleep(3)
        assert psutil.pid_exists(pid)
    back = time.monotonic()
    until(lambda: len(messages()) == 21, "all facts")
    assert time.monotonic() - back < 8
    tell(station, "after")
    until(lambda: len(messages()) == 22, "the last fact")
    journal = EncoderFolder(station.pk).journal(EncoderRun.objects.get().pk)
    assert messages() == [told["message"] for told in read(journal, after=0)]
    assert studio.pid(station) == pid
    assert studio.row(station).restarts_total == 0


def test_changes_are_heard_again_when_it_is_back(studio, station):
    studio.node()
    studio.pid(station)
    with database_away():
        time.sleep(1)
    until(lambda: change(station, "Blue", 1), "the change")
    until(lambda: Airing.objects.filter(title="Blue").exists(), "its airing")


def test_an_encoder_that_dies_meanwhile_is_started_again_without_the_database(studio, station):
    studio.node()
    first = studio.pid(station)
    change(station, "Blue", 1)
    until(Airing.objects.exists, "an airing")
    folder = EncoderFolder(station.pk)
    with database_away():
        tell(station, "last words")
        until(partial(journaled, station, "last words"), "the journal")
        psutil.Process(first).kill()
        second = until(lambda: [pid for pid in living(folder) if pid != first], "a new process")[0]
        until(folder.socket.exists, "its socket")
        until(lambda: _tells(folder, "first words"), "a fact")
    until(lambda: messages() == ["last words", "first words"], "both runs' facts")
    until(lambda: studio.row(station).pid == second, "its row")
    assert list(Airing.objects.values_list("title", flat=True)) == ["Blue"]
    assert EncoderRun.objects.get(pid=first).exit_code == -9
    until(lambda: studio.row(station).restarts_total == 1, "the count")


def test_a_node_that_starts_without_a_database_adopts_what_is_on_air(studio, station):
    first = studio.node_process()
    pid = studio.pid(station)
    studio.kill(first)
    folder = EncoderFolder(station.pk)
    with database_away():
        studio.node()
        until(lambda: studio.agents[-1][0].keepers, "a keeper")
        tell(station, "away")
        time.sleep(1)
        assert living(folder) == [pid]
    until(lambda: messages() == ["away"], "the fact")
    row = studio.row(station)
    assert (row.pid, row.state) == (pid, "RUNNING")


def test_a_node_can_be_stopped_without_a_database(studio, station):
    node = studio.node()
    pid = studio.pid(station)
    with database_away():
        tell(station, "away")
        until(partial(journaled, station, "away"), "the journal")
        assert studio.stop(node) < 8
        assert not psutil.pid_exists(pid)
    services.stop_station(station=station)
    services.start_station(station=station)
    studio.node()
    until(lambda: messages() == ["away"], "the fact, from the journal")
    studio.pid(station)


def _tells(folder, text):
    try:
        say(folder, do="fact", fact={"event": "error", "severity": "warning", "about": "source", "message": text})
    except OSError:
        return False
    return True
