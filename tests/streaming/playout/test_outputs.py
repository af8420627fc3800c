"""Every destination stands alone: a dead, slow or refusing one costs the others nothing."""

from __future__ import annotations

import pytest

from streaming.playout.outputs.queue import MOST_MS, UnitQueue
from streaming.playout.units import Kind, StreamFormat, Unit
from tests.streaming.playout.recording import read

FORM = StreamFormat(320, 180, 30, b"", 48000, 2, 128000, b"")


def _rtmp(identity, url, key):
    return {"id": identity, "kind": "rtmp", "url": url, "key": key, "private": True}


def _gop(start, frames=60):
    return [Unit(Kind.VIDEO, b"v", start + n, start + n, key=n == 0) for n in range(frames)]


def test_without_a_connection_only_the_newest_gop_is_kept():
    queue = UnitQueue(FORM)
    for number in range(5):
        queue.put(_gop(number * 60))
    queue.connected()
    units = queue.take(0)
    assert units[0].key
    assert units[0].dts == 240
    assert len(units) == 60
    assert queue.dropped == 0


def test_a_destination_that_lags_loses_whole_gops_and_starts_again_with_a_keyframe():
    queue = UnitQueue(FORM)
    queue.connected()
    for number in range(10):
        queue.put(_gop(number * 60))
        assert queue.milliseconds <= MOST_MS + 2000
    assert queue.take(0)[0].key
    assert queue.dropped % 60 == 0
    assert queue.dropped > 0


@pytest.mark.peers("nginx")
def test_a_dead_destination_does_not_touch_the_living_one(play, nginx_rtmp):
    dead = _rtmp("dead", "rtmp://127.0.0.1:1/live", "k")
    player = play(outputs=[dead, _rtmp("alive", nginx_rtmp.rtmp_url(), "st")])
    player.wait_for("output", id="alive", up=True)
    assert "cannot be reached" in player.wait_for("error", about="output:dead")["message"]
    player.next_statistics(lambda e: e["outputs"][0]["reconnects"] >= 2 and e["seconds"] > 4)
    dead, alive = player.next_statistics(lambda e: e["outputs"][0]["state"] == "waiting")["outputs"]
    assert dead["retry_in"] > 0
    assert dead["uptime"] == 0
    assert (alive["state"], alive["retry_in"], alive["error"]) == ("up", None, "")
    assert alive["uptime"] > 2
    player.stop()
    recording = read(nginx_rtmp.wait_for("record_done", "st").path)
    assert recording.errors == 0
    assert recording.video.largest_step <= 40
    assert nginx_rtmp.publishes("st") == 1


@pytest.mark.peers("nginx")
def test_outputs_change_on_the_air_and_the_rest_is_left_alone(play, nginx_rtmp):
    one, two = (_rtmp(name, nginx_rtmp.rtmp_url(), name) for name in ("one", "two"))
    player = play(outputs=[one])
    player.wait_for("output", id="one", up=True)
    player.send({"do": "outputs", "id": 1, "outputs": [one, two]})
    player.wait_for("output", id="two", up=True)
    player.send({"do": "outputs", "id": 2, "outputs": [two]})
    nginx_rtmp.wait_for("publish_done", "one")
    assert nginx_rtmp.publishes("two") == 1
    assert [o["id"] for o in player.next_statistics()["outputs"]] == ["two"]


def test_the_preview_is_a_folder_of_segments_that_decode(play, tmp_path):
    folder = tmp_path / "hls"
    player = play(outputs=[{"id": "preview", "kind": "hls", "folder": str(folder)}])
    player.next_statistics(lambda e: e["seconds"] > 5)
    playlist = (folder / "index.m3u8").read_text()
    segments = [folder / line for line in playlist.splitlines() if line.endswith(".ts")]
    assert len(segments) >= 2
    recording = read(segments[0])
    assert recording.errors == 0
    assert recording.colours[0][1] == "red"
    assert recording.loudness
    player.stop()
    assert not folder.exists()
