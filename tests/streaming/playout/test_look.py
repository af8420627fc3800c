"""A look is coded live and comes and goes on air without a break (against a real nginx-rtmp)."""

from __future__ import annotations

import os
import signal

import psutil
import pytest

from tests.streaming.playout.recording import read

pytestmark = pytest.mark.peers("nginx")


def _look(player, look, within=40.0):
    player.send({"do": "look", "look": look})
    return player.next_statistics(lambda e: e["look"] == look, within)


def _process(player):
    """The process that draws, as the operating system sees it."""
    children = psutil.Process(player.process.pid).children()
    return next(child for child in children if "streaming.livepicture" in child.cmdline())


def _end(player, nginx_rtmp, frames=60):
    last = player.next_statistics()["frame"]
    player.next_statistics(lambda e: e["frame"] > last + frames)
    assert player.stop() == 0
    return read(nginx_rtmp.wait_for("record_done", "st").path)


def _unbroken(recording, nginx_rtmp):
    assert nginx_rtmp.publishes("st") == 1
    assert recording.errors == 0
    assert recording.video.largest_step <= 40
    assert recording.audio.largest_step <= 30
    assert recording.video.backward == recording.audio.backward == 0


@pytest.mark.whole
@pytest.mark.slow
@pytest.mark.timeout(400)
def test_twenty_changes_of_look_are_one_publish_without_a_gap(coded_on_air, nginx_rtmp):
    player = coded_on_air()
    for number in range(20):
        _look(player, ("spectrum", "waveform", "loop")[number % 3])
    recording = _end(player, nginx_rtmp)
    _unbroken(recording, nginx_rtmp)


def test_a_process_that_is_killed_gives_way_to_the_loop_at_once_and_comes_back(coded_on_air, nginx_rtmp):
    player = coded_on_air()
    _look(player, "spectrum")
    os.kill(_process(player).pid, signal.SIGKILL)
    assert "signal 9" in player.wait_for("error", about="look", within=3)["message"]
    player.next_statistics(lambda e: e["look"] == "loop")
    player.next_statistics(lambda e: e["look"] == "spectrum")
    _unbroken(_end(player, nginx_rtmp), nginx_rtmp)


def test_a_process_that_stands_still_gives_way_to_the_loop_before_a_frame_is_missing(coded_on_air, nginx_rtmp):
    player = coded_on_air()
    _look(player, "waveform")
    os.kill(_process(player).pid, signal.SIGSTOP)
    assert "fell behind" in player.wait_for("error", about="look", within=5)["message"]
    assert player.next_statistics()["look"] == "loop"
    _unbroken(_end(player, nginx_rtmp), nginx_rtmp)


def test_the_process_ends_with_its_engine(coded_on_air):
    player = coded_on_air()
    _look(player, "spectrum")
    drawing = _process(player)
    player.process.kill()
    player.process.wait()
    assert drawing.wait(5) is not None or not drawing.is_running()
