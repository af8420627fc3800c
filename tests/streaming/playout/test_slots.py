"""Of all encoders of a machine only so many make transitions at a time, at a low priority."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import ExitStack

import psutil
import pytest

from streaming.playout.slots import Slots
from tests.streaming.playout.compiled import CODING
from tests.streaming.playout.player import ROOT, as_picture

HOLD = """
import sys
from pathlib import Path
from streaming.playout.slots import Slots
with Slots(Path(sys.argv[1]), "seam", 1).taken(0) as taken:
    print(taken, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the only slot."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == b"True\n"
    yield process
    process.kill()
    process.communicate()


def test_a_slot_is_held_by_one_process_at_a_time(holder, tmp_path):
    with Slots(tmp_path, "seam", 1).taken(0.2) as taken:
        assert not taken
    with Slots(tmp_path, "seam", 2).taken(0) as taken:
        assert taken


def test_a_slot_is_waited_for_and_free_when_its_holder_dies(holder, tmp_path):
    threading.Timer(0.2, holder.kill).start()
    with Slots(tmp_path, "seam", 1).taken(10) as taken:
        assert taken


def test_there_is_a_slot_for_every_core(tmp_path):
    slots = Slots(tmp_path, "seam")
    assert len(slots._files) == len(os.sched_getaffinity(0))


def test_a_transition_that_gets_no_turn_is_a_cut_at_its_instant_and_no_error(play, compiled):
    """And the process that makes transitions takes only what the others leave."""
    first = as_picture(("red", compiled["red"][1]))
    player = play(coding=CODING, transition={"kind": "crossfade", "ms": 1000}, picture=first)
    slots = Slots(player.folder, "seam")
    with ExitStack() as held:
        assert all(held.enter_context(slots.taken(0)) for _ in slots._files)
        cue = _show(player, compiled["blue"])
        aired = player.wait_until(lambda e: e["event"] == "aired" and e["cue"]["id"] == cue)
    assert aired["seam"] == "late"
    assert not player.facts("error")
    cue = _show(player, compiled["green"])
    assert player.wait_until(lambda e: e["event"] == "aired" and e["cue"]["id"] == cue)["seam"] in {"played", "late"}
    children = psutil.Process(player.process.pid).children()
    assert [child.nice() for child in children] == [10]


def _show(player, picture):
    at = player.next_statistics()["seconds"] + 4
    player.send({"do": "show", "cue": {"id": f"c{at}", "track": {}}, "picture": as_picture(picture), "at": at})
    return f"c{at}"
