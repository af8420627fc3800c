"""One picture gives way to the next by a transition, coded ahead and spliced without a break (a real nginx-rtmp)."""

from __future__ import annotations

import os
import random
import signal
import subprocess

import av
import numpy as np
import psutil
import pytest

from tests.streaming.playout.compiled import CODING
from tests.streaming.playout.recording import read

pytestmark = pytest.mark.peers("nginx")
CROSSFADE = {"kind": "crossfade", "ms": 1000}


@pytest.fixture
def on_air(play, compiled, nginx_rtmp):
    def start(**more):
        output = {"id": "platform", "kind": "rtmp", "url": nginx_rtmp.rtmp_url(), "key": "st", "private": True}
        first = {"id": "red", "path": str(compiled["red"][1])}
        player = play(**{"coding": CODING, "transition": CROSSFADE, "outputs": [output], "picture": first, **more})
        player.wait_for("output", id="platform", up=True)
        return player

    return start


def _show_at(player, picture, ahead, cue):
    now = player.next_statistics()["seconds"]
    command = {"do": "show", "cue": {"id": cue, "track": {"t": cue}}, "at": now + ahead}
    player.send({**command, "picture": {"id": picture[0], "path": str(picture[1])}})
    return now + ahead


def _aired(player, cue):
    return player.wait_until(lambda e: e["event"] == "aired" and e["cue"]["id"] == cue)


def _means(path):
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24")[60:].mean(axis=(0, 1)) for frame in container.decode(video=0)]


def _end(player, nginx_rtmp, frames):
    last = player.next_statistics()["frame"]
    player.next_statistics(lambda e: e["frame"] > last + frames)
    assert player.stop() == 0
    return nginx_rtmp.wait_for("record_done", "st").path


def test_an_announced_change_crossfades_at_its_instant(on_air, compiled, nginx_rtmp):
    player = on_air()
    due = _show_at(player, compiled["blue"], 3.0, "c1")
    aired = _aired(player, "c1")
    assert aired["seam"] == "played"
    assert abs(aired["media"] - due) <= 0.1
    path = _end(player, nginx_rtmp, 90)
    means = _means(path)
    begin = aired["frame"]
    reds = np.array([mean[0] for mean in means[begin - 2 : begin + 34]])
    assert reds[0] > 170
    assert reds[-1] < 40
    assert np.all(np.diff(reds) < 4), "the fade only ever goes one way"
    assert np.abs(np.diff(reds)).max() < 25, "no frame of it is a cut"
    assert read(path).errors == 0


@pytest.mark.whole
@pytest.mark.parametrize("kind", ["fade", "wipe"])
def test_other_transitions_show_both_pictures_or_black_between_them(kind, on_air, compiled, nginx_rtmp):
    player = on_air(transition={"kind": kind, "ms": 1000})
    _show_at(player, compiled["blue"], 3.0, "c1")
    aired = _aired(player, "c1")
    assert aired["seam"] == "played"
    middle = _means(_end(player, nginx_rtmp, 90))[aired["frame"] + 15]
    if kind == "fade":
        assert max(middle) < 60
    else:
        assert min(middle[0], middle[2]) > 50


@pytest.mark.whole
def test_random_switches_with_seams_are_one_publish_without_a_gap(on_air, compiled, nginx_rtmp):
    player = on_air()
    names = list(compiled)
    cues = [f"c{number}" for number in range(10)]
    for number, cue in enumerate(cues):
        _show_at(player, compiled[names[(number + 1) % 3]], random.uniform(1.2, 3.5), cue)
        _aired(player, cue)
    recording = read(_end(player, nginx_rtmp, 60))
    assert nginx_rtmp.publishes("st") == 1
    assert recording.errors == 0
    assert recording.video.largest_step <= 40
    assert recording.audio.largest_step <= 30
    assert recording.video.backward == recording.audio.backward == 0
    results = [_aired(player, cue)["seam"] for cue in cues]
    assert results.count("played") >= 5, results
    assert [colour for _, colour in recording.changes()][1:] == [_aired(player, cue)["picture"] for cue in cues]


def test_a_change_that_comes_too_late_for_a_seam_is_a_cut_at_its_instant(on_air, compiled):
    player = on_air()
    due = _show_at(player, compiled["green"], 0.2, "late")
    aired = _aired(player, "late")
    assert aired["seam"] == "late"
    assert abs(aired["media"] - due) <= 0.4
    assert player.next_statistics()["seams"]["late"] == 1


def test_a_change_without_an_instant_waits_for_its_seam(on_air, compiled):
    player = on_air()
    player.show(compiled["green"], cue="now")
    assert _aired(player, "now")["seam"] == "played"


def test_the_same_cue_with_another_instant_moves(on_air, compiled):
    player = on_air()
    _show_at(player, compiled["green"], 2.0, "c1")
    due = _show_at(player, compiled["green"], 4.0, "c1")
    aired = _aired(player, "c1")
    assert abs(aired["media"] - due) <= 0.1
    assert len(player.facts("aired")) == 1


def test_two_changes_ahead_air_in_order_each_at_its_instant(on_air, compiled):
    player = on_air()
    first = _show_at(player, compiled["green"], 2.5, "c1")
    second = _show_at(player, compiled["blue"], 6.0, "c2")
    assert abs(_aired(player, "c1")["media"] - first) <= 0.1
    aired = _aired(player, "c2")
    assert abs(aired["media"] - second) <= 0.1
    assert aired["seam"] == "played"


def test_a_seam_process_that_dies_costs_only_the_seam(on_air, compiled, nginx_rtmp):
    player = on_air()
    player.send({"do": "prepare", "picture": {"id": "blue", "path": str(compiled["blue"][1])}})
    child = _seam_process(player)
    os.kill(child.pid, signal.SIGSTOP)
    _show_at(player, compiled["blue"], 2.0, "c1")
    assert _aired(player, "c1")["seam"] == "late"
    child.kill()
    _show_at(player, compiled["green"], 3.0, "c2")
    assert _aired(player, "c2")["seam"] == "played"
    recording = read(_end(player, nginx_rtmp, 30))
    assert recording.errors == 0
    assert recording.video.largest_step <= 40


def test_the_seam_process_ends_with_the_engine(on_air, compiled):
    player = on_air()
    player.send({"do": "prepare", "picture": {"id": "blue", "path": str(compiled["blue"][1])}})
    child = _seam_process(player)
    player.process.kill()
    try:
        child.wait(5)
    except psutil.TimeoutExpired as error:
        raise AssertionError("the seam process outlived its engine") from error


def _seam_process(player):
    found: list[psutil.Process] = []

    def look(_):
        found[:] = psutil.Process(player.process.pid).children()
        return bool(found)

    player.next_statistics(look)
    assert "seam" in " ".join(found[0].cmdline()), subprocess.list2cmdline(found[0].cmdline())
    return found[0]
