"""How long an encoder may send: told to the one there is, kept for the one to come, never forgotten with a node."""

from __future__ import annotations

import json
import os
import signal
import threading
from dataclasses import replace

from streaming.nodes.fence import HELD
from streaming.nodes.machine import State
from tests.streaming.nodes.stage import WANTED, heard, until


def spec_of(stage):
    return json.loads(stage.folder.spec.read_text())


def told(stage):
    return [command["lease"]["until"] for command in heard(stage.folder, "lease")]


def order(watch, until):
    watch.may_send(watch.board.fence.order(until))


def test_an_encoder_begins_with_the_deadline_that_was_given_before(stage):
    watch = stage.watch()
    order(watch, 123.5)
    watch.want(WANTED)
    stage.wait(watch, State.RUNNING)
    assert spec_of(stage)["lease"] == {"until": 123.5}
    assert watch.board.fence.told


def test_a_deadline_counts_as_heard_when_the_encoder_has_answered(stage):
    watch = stage.on_air()
    assert not watch.board.fence.told
    order(watch, 50.0)
    until(lambda: watch.board.fence.told, "the answer")
    assert set(told(stage)) == {50.0}


def test_an_encoder_that_is_mute_has_not_heard_its_deadline(stage):
    watch = stage.on_air()
    stage.say(do="mute")
    until(lambda: heard(stage.folder, "mute"), "its silence")
    order(watch, 50.0)
    until(lambda: told(stage), "the command")
    assert not watch.board.fence.told


def test_a_new_link_and_a_new_process_get_the_last_order(stage):
    watch = stage.on_air()
    order(watch, 50.0)
    order(watch, 60.0)
    until(lambda: watch.board.fence.told, "the answer")
    os.kill(stage.pid(watch), signal.SIGKILL)
    until(lambda: len(watch.board.runs()) == 2, "a new run")
    stage.wait(watch, State.RUNNING)
    assert spec_of(stage)["lease"] == {"until": 60.0}


def test_without_a_word_an_adopted_encoder_keeps_the_deadline_it_has(stage):
    first = stage.on_air()
    order(first, 50.0)
    until(lambda: first.board.fence.told, "the answer")
    stage.abandon(first)
    second = stage.watch()
    stage.wait(second, State.RUNNING)
    assert set(told(stage)) == {50.0}
    assert not second.board.fence.told


def test_one_that_had_a_deadline_and_is_started_anew_without_a_word_may_not_send(stage):
    first = stage.on_air()
    order(first, 50.0)
    until(lambda: first.board.fence.told, "the answer")
    stage.abandon(first)
    second = stage.watch()
    os.kill(stage.pid(second), signal.SIGKILL)
    until(lambda: len(second.board.runs()) == 2, "a new run")
    stage.wait(second, State.RUNNING)
    assert spec_of(stage)["lease"] == {"until": HELD}


def test_one_whose_deadline_was_lifted_and_is_started_anew_without_a_word_goes_on_for_ever(stage):
    first = stage.on_air()
    order(first, 50.0)
    until(stage.folder.lease.exists, "the first note")
    order(first, None)
    until(lambda: not json.loads(stage.folder.lease.read_text())["fenced"], "the note")
    stage.abandon(first)
    second = stage.watch()
    os.kill(stage.pid(second), signal.SIGKILL)
    until(lambda: len(second.board.runs()) == 2, "a new run")
    stage.wait(second, State.RUNNING)
    assert spec_of(stage)["lease"] == {"until": None}


def test_an_order_counts_at_once_where_nothing_lives(stage):
    watch = stage.watch()
    watch.board.wait_for_look(5)
    order(watch, 50.0)
    until(lambda: watch.board.fence.told, "the note")
    assert json.loads(stage.folder.lease.read_text()) == {"fenced": True}


def test_a_disk_that_takes_no_note_leaves_the_order_unheard(stage, monkeypatch):
    watch = stage.on_air()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("streaming.nodes.leash.write_private", full)
    order(watch, 50.0)
    until(lambda: told(stage), "the command")
    until(watch.board.troubles, "the complaint")
    assert not watch.board.fence.told
    assert watch.board.status().state is State.RUNNING


def test_a_watch_that_waits_for_a_slow_disk_keeps_no_deadline_back(stage, monkeypatch):
    watch = stage.on_air()
    waits, goes_on = threading.Event(), threading.Event()

    def slow(*_, **__):
        waits.set()
        goes_on.wait(20)

    monkeypatch.setattr("streaming.nodes.specfile.write", slow)
    watch.want(replace(WANTED, source={"kind": "radio", "url": "http://radio/live", "titles": False}))
    assert waits.wait(5)
    order(watch, 70.0)
    until(lambda: told(stage) == [70.0], "the command")
    goes_on.set()
    until(lambda: watch.board.fence.told, "the answer")
