"""An encoder is kept on air by a watch that knows no database."""

from __future__ import annotations

import json
import os
import signal
import stat
import time
from dataclasses import replace
from uuid import uuid4

import psutil

from streaming.nodes import process
from streaming.nodes.machine import Life, State
from tests.streaming.nodes.stage import SLATE, WANTED, behave, heard, until

CUE = {"id": str(uuid4()), "track": {"title": "Blue", "track_key": "ana - blue"}}
BLUE = {"id": "blue", "path": "/blue.mp4"}


def test_wanted_comes_on_air_and_unwanted_goes_off(stage):
    watch = stage.on_air()
    pid = stage.pid(watch)
    watch.want(None)
    stage.wait(watch, State.STOPPED)
    assert not psutil.pid_exists(pid)
    assert watch.board.status().exit_code == 0
    assert not stage.folder.spec.exists()


def test_the_spec_is_for_its_owner_only(stage):
    stage.on_air(replace(WANTED, outputs=({"id": "d", "kind": "rtmp", "url": "rtmp://h/a", "key": "secret"},)))
    assert stat.S_IMODE(stage.folder.spec.stat().st_mode) == 0o600
    assert json.loads(stage.folder.spec.read_text())["outputs"][0]["key"] == "secret"


def test_an_encoder_gets_none_of_our_secrets(stage, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "do not tell")
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:pass@host/db")
    watch = stage.on_air()
    environment = psutil.Process(stage.pid(watch)).environ()
    assert "PATH" in environment
    assert not {"SECRET_KEY", "DATABASE_URL", "REDIS_URL"} & environment.keys()


def test_a_killed_encoder_is_started_again_at_once_and_counted(stage):
    watch = stage.on_air()
    first = stage.pid(watch)
    os.kill(first, signal.SIGKILL)
    killed = time.monotonic()
    until(lambda: watch.board.status().pid not in (None, first), "a new process")
    stage.wait(watch, State.RUNNING)
    assert time.monotonic() - killed < 5
    assert watch.board.status().restarts == 1
    assert any("exit code -9" in trouble.message for trouble in watch.board.troubles())


def test_the_exit_code_and_the_last_lines_are_kept(stage):
    watch = stage.on_air()
    stage.say(do="end", code=70)
    stage.wait(watch, State.CRASHED)
    run = watch.board.runs()[0]
    assert (run.exit_code, run.last_lines) == (70, "told to end")


def test_frames_that_stand_still_are_a_hang_and_it_is_replaced_within_ten_seconds(stage):
    watch = stage.on_air()
    first = stage.pid(watch)
    stage.say(do="hang")
    hung = time.monotonic()
    until(lambda: watch.board.status().pid not in (None, first), "a new process")
    stage.wait(watch, State.RUNNING)
    assert 4 < time.monotonic() - hung < 10
    assert stage.living() == [stage.pid(watch)]


def test_what_will_probably_be_shown_is_said_to_whoever_is_on_air(stage):
    watch = stage.watch()
    watch.prepare(BLUE)  # nobody is there: nothing to prepare, nothing goes wrong
    watch.want(WANTED)
    stage.wait(watch, State.RUNNING)
    watch.prepare(BLUE)
    until(lambda: heard(stage.folder, "prepare"), "the word")
    assert [command["picture"] for command in heard(stage.folder, "prepare")] == [BLUE]


def test_a_stopped_process_is_replaced_and_never_comes_back(stage):
    watch = stage.on_air()
    first = stage.pid(watch)
    os.kill(first, signal.SIGSTOP)
    stopped = time.monotonic()
    until(lambda: watch.board.status().pid not in (None, first), "a new process")
    stage.wait(watch, State.RUNNING)
    assert time.monotonic() - stopped < 10
    assert not psutil.pid_exists(first)


def test_one_that_does_not_stop_when_asked_is_killed(stage):
    behave(stage.folder, deaf=True)
    watch = stage.on_air()
    pid = stage.pid(watch)
    watch.want(None)
    stage.wait(watch, State.STOPPED, seconds=6)
    assert not psutil.pid_exists(pid)
    assert watch.board.status().failures == 0


def test_too_many_crashes_end_in_failed_until_an_operator_restarts(stage):
    behave(stage.folder, exit=70)
    watch = stage.watch(Life(state=State.CRASHED, failures=8))
    watch.want(WANTED)
    until(lambda: watch.board.status().failures == 9, "the ninth crash")
    assert watch.board.status().next_start_at is not None
    watch.restart()  # pardons: the next crash is the first again
    until(lambda: watch.board.status().failures == 1, "a pardon")


def test_failed_stays_failed_whatever_is_wanted(stage):
    behave(stage.folder, exit=70)
    watch = stage.watch(Life(state=State.CRASHED, failures=9))
    watch.want(WANTED)
    stage.wait(watch, State.FAILED)
    runs = len(watch.board.runs())
    watch.want(replace(WANTED, station="renamed"))
    behave(stage.folder)
    assert not watch.board.wait_for_state(State.SPAWNING, State.RUNNING, seconds=1.5)
    assert len(watch.board.runs()) == runs
    watch.restart()
    stage.wait(watch, State.RUNNING)


def test_a_picture_is_shown_and_shown_again_after_a_crash(stage):
    watch = stage.on_air()
    watch.show(CUE, BLUE)
    until(lambda: heard(stage.folder, "show"), "the command")
    os.kill(stage.pid(watch), signal.SIGKILL)
    until(lambda: len(watch.board.runs()) == 2, "a new run")
    spec = json.loads(stage.folder.spec.read_text())
    assert (spec["cue"], spec["picture"]) == (CUE, BLUE)


def test_a_picture_shown_before_the_encoder_listens_is_not_lost(stage):
    watch = stage.watch()
    watch.show(CUE, BLUE)
    watch.want(WANTED)
    stage.wait(watch, State.RUNNING)
    aired = until(lambda: [f for f in watch.board.runs()[0].facts if f["event"] == "aired"], "an airing")
    assert [fact["cue"] for fact in aired] == [CUE]


def test_a_picture_that_is_refused_gives_way_to_the_slate(stage):
    behave(stage.folder, refuse=BLUE["path"])
    watch = stage.on_air()
    watch.show(CUE, BLUE)
    until(lambda: len(heard(stage.folder, "show")) == 2, "a second try")
    assert heard(stage.folder, "show")[1]["picture"] == SLATE
    assert any("cannot be read" in trouble.message for trouble in watch.board.troubles())


def test_only_the_difference_is_told(stage):
    watch = stage.on_air()
    until(lambda: heard(stage.folder, "hello"), "the link")
    watch.want(WANTED)
    more = replace(WANTED, outputs=({"id": "d2", "kind": "hls", "folder": "/hls"},))
    watch.want(more)
    until(lambda: heard(stage.folder, "outputs"), "the outputs")
    pid = stage.pid(watch)
    watch.want(replace(more, source={"kind": "radio", "url": "http://r/", "titles": False}))
    until(lambda: heard(stage.folder, "source"), "the source")
    assert stage.pid(watch) == pid
    assert [len(heard(stage.folder, do)) for do in ("source", "outputs")] == [1, 1]


def test_another_size_restarts_it(stage):
    watch = stage.on_air()
    first = stage.pid(watch)
    bigger = replace(WANTED, video={"width": 1920, "height": 1080, "frame_rate": 30})
    watch.want(bigger)
    until(lambda: watch.board.status().pid not in (None, first), "a new process")
    stage.wait(watch, State.RUNNING)
    assert json.loads(stage.folder.spec.read_text())["video"] == bigger.video
    assert watch.board.status().restarts == 0
    assert not watch.board.troubles()


def test_an_error_of_our_own_leaves_no_encoder_unwatched(stage, monkeypatch):
    watch = stage.on_air()
    pid = stage.pid(watch)

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("streaming.nodes.specfile.write", full)
    for name in ("d1", "d2", "d3"):
        watch.want(replace(WANTED, outputs=({"id": name, "kind": "hls", "folder": "/hls"},)))
    until(lambda: len(heard(stage.folder, "outputs")) == 3, "the outputs")
    assert len([t for t in watch.board.troubles() if "No space left" in t.message]) == 1
    monkeypatch.undo()
    os.kill(pid, signal.SIGKILL)
    until(lambda: watch.board.status().pid not in (None, pid), "a new process")


def test_a_log_that_grows_too_long_is_emptied_and_goes_on(stage):
    watch = stage.on_air()
    log = stage.folder.log(watch.board.runs()[0].run)
    with log.open("ab") as file:
        file.truncate(process.LOG_LIMIT + 1)
    process.keep_short(log)
    assert log.stat().st_size == 0
    stage.say(do="end", code=70)
    until(lambda: watch.board.runs()[0].ended_at, "its end")
    assert watch.board.runs()[0].last_lines == "told to end"
