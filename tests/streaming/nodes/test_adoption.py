"""A node may die; the next one takes over what is on air, and there are never two of one station."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from dataclasses import replace
from uuid import uuid4

import psutil
import pytest

from streaming.nodes import adopt, grip
from streaming.nodes.machine import State
from tests.streaming.nodes.stage import FAKE, WANTED, heard, until

CUE = {"id": str(uuid4()), "track": {"title": "Blue", "track_key": "ana - blue"}}
BLUE = {"id": "blue", "path": "/blue.mp4"}


def test_the_next_watch_takes_over_the_same_process(stage):
    first = stage.on_air()
    pid, run = stage.pid(first), first.board.status().run
    stage.abandon(first)
    second = stage.watch()
    stage.wait(second, State.RUNNING)
    assert (stage.pid(second), second.board.status().run) == (pid, run)
    assert second.board.status().restarts == 0


def test_it_is_on_air_at_once_and_not_starting_again(stage):
    first = stage.on_air()
    stage.abandon(first)
    second = stage.watch()
    second.board.wait_for_look(5)
    assert second.board.status().state is State.RUNNING


def test_one_adopted_before_anybody_says_what_is_wanted_is_kept_on_air(stage):
    first = stage.on_air()
    pid = stage.pid(first)
    stage.abandon(first)
    second = stage.watch()
    stage.wait(second, State.RUNNING)
    assert not second.board.wait_for_state(State.STOPPED, State.CRASHED, seconds=2)
    assert psutil.pid_exists(pid)


def test_one_adopted_that_crashes_is_started_again_from_its_spec_without_a_database(stage):
    radio = replace(WANTED, source={"kind": "radio", "url": "http://radio/live", "titles": False})
    first = stage.on_air(radio)
    stage.abandon(first)
    second = stage.watch()
    os.kill(stage.pid(second), signal.SIGKILL)
    until(lambda: len(second.board.runs()) == 2, "a new run")
    stage.wait(second, State.RUNNING)
    assert json.loads(stage.folder.spec.read_text())["source"] == radio.source


def test_facts_missed_meanwhile_are_told_to_the_next(stage):
    first = stage.on_air()
    run = first.board.status().run
    stage.say(do="fact", fact={"event": "title", "text": "one"})
    until(lambda: first.board.runs()[0].facts, "the first fact")
    stage.abandon(first)
    stage.say(do="fact", fact={"event": "title", "text": "two"})
    second = stage.watch(stored={run: 1})
    told = until(lambda: list(second.board.runs()[0].facts) if second.board.runs() else [], "the missed fact")
    assert [(fact["seq"], fact["text"]) for fact in told] == [(2, "two")]


def test_a_cue_sent_but_not_aired_is_sent_again_and_an_aired_one_is_not(stage):
    first = stage.on_air()
    first.show(CUE, BLUE)
    until(lambda: heard(stage.folder, "show"), "the command")
    stage.abandon(first)
    second = stage.watch()
    second.show(CUE, BLUE)
    until(lambda: len(heard(stage.folder, "show")) == 2, "the command again")
    aired = [json.loads(line) for line in stage.folder.journal(second.board.status().run).read_text().splitlines()]
    assert len([fact for fact in aired if fact["event"] == "aired"]) == 1


def test_one_that_holds_the_station_but_does_not_answer_is_killed_before_a_new_one_starts(stage):
    first = stage.on_air()
    mute = stage.pid(first)
    stage.abandon(first)
    os.kill(mute, signal.SIGSTOP)
    second = stage.watch()
    second.want(WANTED)
    stage.wait(second, State.RUNNING)
    assert not psutil.pid_exists(mute)
    assert stage.living() == [stage.pid(second)]


def test_an_encoder_without_our_notes_is_found_by_its_spec(stage):
    first = stage.on_air()
    pid = stage.pid(first)
    stage.abandon(first)
    stage.folder.process.unlink()
    stage.folder.socket.unlink()
    adopt.clear_away(stage.folder)
    assert not psutil.pid_exists(pid)
    assert not stage.folder.occupied()


def test_a_lock_that_cannot_be_freed_lets_nothing_start(stage):
    holder = subprocess.Popen(
        ["flock", "-x", str(stage.folder.lock), "cat"],  # noqa: S607 - a stranger that holds the lock
        stdin=subprocess.PIPE,
    )
    until(stage.folder.occupied, "the lock")
    try:
        with pytest.raises(adopt.StillOccupiedError, match="fuser"):
            adopt.clear_away(stage.folder, seconds=0.3)
    finally:
        holder.communicate()


def test_two_encoders_of_one_station_never_run_at_once(stage):
    watch = stage.on_air()
    spec = stage.folder.path / "other.json"
    spec.write_text(stage.folder.spec.read_text())
    second = subprocess.run([*FAKE, str(spec)], check=False, timeout=10)
    assert second.returncode == 75
    assert stage.living() == [stage.pid(watch)]


def test_an_adopted_one_that_nobody_wants_is_stopped(stage):
    first = stage.on_air()
    stage.abandon(first)
    second = stage.watch()
    second.want(None)
    until(lambda: not stage.living(), "its end")
    stage.wait(second, State.STOPPED)


def test_adoption_takes_well_under_a_second(stage):
    first = stage.on_air()
    stage.abandon(first)
    started = time.monotonic()
    second = stage.watch()
    stage.wait(second, State.RUNNING)
    assert time.monotonic() - started < 1


def test_the_pid_comes_from_the_system_not_from_the_hello(stage):
    first = stage.on_air()
    pid = stage.pid(first)
    stage.abandon(first)
    held = grip.take_over(stage.folder, stored={}, deliver=lambda *_: None, closed=lambda *_: None)
    assert held is not None
    assert held.link is not None
    assert held.link.peer_pid() == pid
    held.close()
