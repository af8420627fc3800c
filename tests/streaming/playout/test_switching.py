"""Track changes switch the picture without a break (against a real nginx-rtmp)."""

from __future__ import annotations

import random

import pytest

from tests.streaming.playout.pictures import make_rendition
from tests.streaming.playout.recording import read

pytestmark = pytest.mark.peers("nginx")


def _rtmp(nginx_rtmp, key="st"):
    return {"id": "platform", "kind": "rtmp", "url": nginx_rtmp.rtmp_url(), "key": key, "private": True}


def test_twenty_switches_at_random_instants_are_one_publish_without_a_gap(play, pictures, tones, nginx_rtmp):
    entries = [{"id": str(n), "path": str(path)} for n, path in enumerate(tones)]
    player = play(source={"kind": "playlist", "entries": entries}, outputs=[_rtmp(nginx_rtmp)])
    player.wait_for("output", id="platform", up=True)
    names = list(pictures)
    cues = []
    for number in range(20):
        cues.append(player.show(pictures[names[(number + 1) % 3]]))
        player.wait_until(lambda e, cue=cues[-1]: e["event"] == "aired" and e["cue"]["id"] == cue)
        player.next_statistics(within=2) if random.random() < 0.5 else None
    assert player.stop() == 0
    done = nginx_rtmp.wait_for("record_done", "st")
    recording = read(done.path)
    assert nginx_rtmp.publishes("st") == 1
    assert recording.errors == 0
    assert recording.video.largest_step <= 40
    assert recording.audio.largest_step <= 30
    assert recording.video.backward == recording.audio.backward == 0
    aired = [event for event in player.facts("aired") if event["cue"]["id"] in cues]
    assert [event["cue"]["id"] for event in aired] == cues
    assert [colour for _, colour in recording.changes()][1:] == [event["picture"] for event in aired]


def test_the_picture_on_screen_changes_at_the_frame_that_was_reported(play, pictures, nginx_rtmp):
    player = play(outputs=[_rtmp(nginx_rtmp)])
    player.wait_for("output", id="platform", up=True)
    player.next_statistics(lambda e: e["frame"] > 45)
    player.show(pictures["blue"])
    frame = player.wait_for("aired", picture="blue")["frame"]
    player.next_statistics(lambda e: e["frame"] > frame + 30)
    player.stop()
    recording = read(nginx_rtmp.wait_for("record_done", "st").path)
    first_blue = next(place for place, (_, colour) in enumerate(recording.colours) if colour == "blue")
    assert first_blue == frame


def test_the_same_cue_twice_airs_once(play, pictures):
    player = play()
    player.show(pictures["green"], cue="c1")
    player.wait_for("aired", picture="green")
    player.show(pictures["green"], cue="c1")
    player.show(pictures["blue"], cue="c2")
    player.wait_for("aired", picture="blue")
    assert [event["cue"]["id"] for event in player.facts("aired")] == ["c1", "c2"]


def test_the_same_picture_for_a_new_track_airs_without_a_cut(play, pictures):
    player = play()
    player.show(pictures["red"], cue="again")
    assert player.wait_for("aired")["picture"] == "red"


def test_a_rendition_that_does_not_fit_is_refused_and_the_track_airs_over_the_picture_there_is(play, tmp_path):
    odd = make_rendition(tmp_path / "odd.mp4", (20, 20, 200), 30, refs="1", level="4.0")
    player = play()
    player.show(("odd", odd), cue="odd one")
    error = player.wait_for("error", about="picture")
    assert "parameter sets" in error["message"]
    assert player.wait_for("aired")["picture"] == "red"


def test_a_rendition_that_breaks_on_air_gives_way_to_the_fallback(play, pictures, tmp_path):
    spoilt = make_rendition(tmp_path / "spoilt.mp4", (20, 20, 200), 300, noise=40)
    fallback = {"id": "green", "path": str(pictures["green"][1])}
    player = play(fallback=fallback)
    player.show(("spoilt", spoilt))
    player.wait_for("aired", picture="spoilt")
    spoilt.write_bytes(b"")
    player.wait_for("error", about="picture")
    back = player.next_statistics(lambda e: e["picture"] == "green")
    assert player.next_statistics(within=3)["frame"] > back["frame"]
