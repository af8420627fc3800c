"""Nodes die and come back; the stations do not notice, and no two nodes run one station."""

from __future__ import annotations

import json
import os
import signal
import time
from datetime import timedelta

import psutil
import pytest
from django.utils import timezone

from streaming.asrun.models import Airing, ErrorEntry
from streaming.nodes import storing
from streaming.nodes.folder import EncoderFolder
from streaming.nodes.models import Encoder, EncoderRun, Node
from streaming.nodes.services import reconcile_encoders
from tests.streaming.nodes.stage import living, until
from tests.streaming.nodes.studio import change, fact


def said(process, event, seconds=20):
    """Read a node's log up to a line with this event."""
    for line in process.stdout:
        found = json.loads(line)
        if event in found["event"]:
            return found
    raise AssertionError(f"the node ended without saying {event!r}")


def test_a_killed_node_leaves_its_stations_on_air_and_the_next_adopts_them(studio, station):
    first = studio.node_process()
    pid = studio.pid(station)
    run = studio.row(station).run_id
    change(station, "Blue", 1)
    until(Airing.objects.exists, "an airing")
    studio.kill(first)
    fact(station, event="error", severity="warning", about="source", message="Nobody looked.")
    frame = studio.row(station).frame
    second = studio.node_process()
    until(lambda: ErrorEntry.objects.filter(message="Nobody looked.").count() == 1, "the missed fact")
    until(lambda: studio.row(station).frame > frame, "its statistics")
    row = studio.row(station)
    assert (row.pid, row.run_id, row.state, row.restarts_total) == (pid, run, "RUNNING", 0)
    assert Airing.objects.count() == 1
    assert living(EncoderFolder(station.pk)) == [pid]
    second.send_signal(signal.SIGTERM)
    assert second.wait(10) == 0


def test_sigterm_takes_everything_off_air_within_eight_seconds(studio, station):
    node = studio.node_process()
    pid = studio.pid(station)
    asked = time.monotonic()
    node.send_signal(signal.SIGTERM)
    assert node.wait(10) == 0
    assert time.monotonic() - asked < 8
    assert not psutil.pid_exists(pid)
    assert studio.row(station).state == "STOPPED"


def test_a_second_node_of_one_home_stands_by_and_takes_over(studio, station):
    first = studio.node_process()
    pid = studio.pid(station)
    second = studio.node_process()
    assert said(second, "standing by")["pid"] == str(first.pid)
    assert living(EncoderFolder(station.pk)) == [pid]
    studio.kill(first)
    said(second, "encoder adopted")
    assert studio.pid(station) == pid


def test_a_node_standing_by_ends_when_asked(studio, station):
    studio.node_process()
    studio.pid(station)
    second = studio.node_process()
    said(second, "standing by")
    second.send_signal(signal.SIGTERM)
    assert second.wait(5) == 0
    assert studio.row(station).state == "RUNNING"


@pytest.mark.whole
def test_a_node_that_was_stopped_for_a_while_kills_no_healthy_encoder(studio, station):
    node = studio.node_process()
    pid = studio.pid(station)
    os.kill(node.pid, signal.SIGSTOP)
    time.sleep(8)  # longer than any encoder may be silent
    os.kill(node.pid, signal.SIGCONT)
    frame = studio.row(station).frame
    until(lambda: studio.row(station).frame > frame, "its statistics")
    time.sleep(1)
    assert studio.pid(station) == pid
    assert studio.row(station).restarts_total == 0


def test_both_killed_is_one_restart_and_the_old_journal_is_stored(studio, station):
    first = studio.node_process()
    pid = studio.pid(station)
    run = studio.row(station).run_id
    change(station, "Blue", 1)
    until(Airing.objects.exists, "an airing")
    studio.kill(first)
    fact(station, event="error", severity="warning", about="source", message="Nobody looked.")
    journal = EncoderFolder(station.pk).journal(run)
    until(lambda: "Nobody looked." in journal.read_text(), "the journal")
    psutil.Process(pid).kill()
    studio.node()
    until(lambda: studio.row(station).pid not in (None, pid), "a new process")
    studio.pid(station)
    until(lambda: studio.row(station).restarts_total == 1, "the count")
    assert ErrorEntry.objects.filter(message="Nobody looked.").count() == 1
    assert EncoderRun.objects.get(pk=run).ended_at is not None
    assert [airing.title for airing in Airing.objects.all()] == ["Blue"]


def test_the_beat_marks_an_encoder_nobody_reports_once(studio, station):
    node = Node.objects.create(name="gone")
    Encoder.objects.update(node=node, state="RUNNING", lease_until=timezone.now() - timedelta(seconds=1))
    assert [reconcile_encoders().crashed for _ in range(3)] == [1, 0, 0]
    assert studio.row(station).state == "CRASHED"
    entry = ErrorEntry.objects.get()
    assert "gone" in entry.message
    assert entry.station == station


def test_the_beat_reminds_nodes_of_stations_nobody_runs(studio, station):
    assert reconcile_encoders().waiting == 1
    Encoder.objects.update(node=Node.objects.create(name="one"))
    assert reconcile_encoders().waiting == 0


def test_journals_are_kept_for_a_day_after_they_are_stored(studio, station):
    folder = EncoderFolder(station.pk)
    folder.make()
    old, recent, open_one = (EncoderRun.objects.create(station=station) for _ in range(3))
    EncoderRun.objects.filter(pk=old.pk).update(ended_at=timezone.now() - timedelta(hours=25))
    EncoderRun.objects.filter(pk=recent.pk).update(ended_at=timezone.now() - timedelta(hours=23))
    never_began = EncoderRun.objects.create(station=station, ended_at=timezone.now() - timedelta(hours=25))
    for run in (old, recent, open_one):
        folder.journal(run.pk).touch()
    for run in (old, recent, never_began):
        folder.log(run.pk).touch()
    storing.forget_old_journals(folder=folder)
    assert set(folder.runs()) == {recent.pk, open_one.pk}
    assert folder.traces() == {recent.pk, open_one.pk}
