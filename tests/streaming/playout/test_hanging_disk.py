"""A disk that hangs under the journal stops neither the clock nor what a node judges it by."""

from __future__ import annotations

import pytest

HANG = """
import os, time
real = os.fdatasync
def fdatasync(handle):
    while os.path.exists({flag!r}):
        time.sleep(0.02)
    real(handle)
os.fdatasync = fdatasync
"""


@pytest.mark.peers("nginx")
def test_facts_wait_for_the_disk_and_nothing_else_does(play, pictures, nginx_rtmp, tmp_path):
    flag = tmp_path / "hang"
    (tmp_path / "sitecustomize.py").write_text(HANG.format(flag=str(flag)))
    output = {"id": "p", "kind": "rtmp", "url": nginx_rtmp.rtmp_url(), "key": "st", "private": True}
    player = play(environment={"PYTHONPATH": str(tmp_path)}, outputs=[output])
    player.wait_for("output", id="p", up=True)
    first = player.show(pictures["green"])
    player.wait_until(lambda e: e["event"] == "aired" and e["cue"]["id"] == first)
    flag.touch()
    held = player.show(pictures["blue"])
    now = player.next_statistics()["seconds"]
    shown = player.next_statistics(lambda e: e["seconds"] > now + 6)
    player.disconnect()
    player.connect()
    greeted = player.wait_until(lambda e: e["event"] == "hello", after=len(player.events))
    before = list(player.facts("aired"))
    flag.unlink()
    aired = player.wait_until(lambda e: e["event"] == "aired" and e["cue"]["id"] == held)
    player.stop()
    path = nginx_rtmp.wait_for("record_done", "st").path
    from tests.streaming.playout.recording import read

    recording = read(path)
    assert shown["cue"] == held
    assert greeted["state"] == "on_air"
    assert held not in [fact["cue"]["id"] for fact in before]
    assert aired["seq"] > max(fact["seq"] for fact in before)
    assert recording.video.largest_step <= 40
    assert recording.audio.largest_step <= 30
    assert recording.errors == 0
