"""T23: there is no room left where the encoder writes: its journal, its logs, a recording."""

from __future__ import annotations

import os
import subprocess

import pytest

from tests.fakes.ingest import FakeIngest
from tests.faults.probe import to, untouched
from tests.plugins.daemon import find_program

MEGABYTE = 2**20


@pytest.fixture
def small(tmp_path):
    """A disk of one megabyte; only root may make one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = [find_program("mount") or "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, check=False).returncode:
        pytest.skip("a small disk can only be made as root, with mount")
    yield folder
    subprocess.run([find_program("umount") or "umount", "-l", str(folder)], check=True)


def _fill(folder):
    """Take every byte there is."""
    with (folder / "ballast").open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096):
                pass
        except OSError:
            return


def test_t23_a_full_disk_leaves_the_station_on_air(figures, play, pictures, small, tmp_path):
    """It is full from the third second on: no room for facts or a recording, and pictures change all the same."""
    with FakeIngest(folder=tmp_path) as ingest:
        recording = {"id": "r", "kind": "recording", "folder": str(small / "recording"), "segment_s": 4}
        player = play(folder=str(small / "station"), outputs=[to(ingest), recording])
        publish = ingest.wait_for("p")
        player.next_statistics(lambda e: e["seconds"] > 3)
        _fill(small)
        for name in ("green", "blue", "red"):
            cue = player.show(pictures[name])
            player.wait_until(lambda e, cue=cue: e["event"] == "aired" and e["cue"]["id"] == cue)
            now = player.next_statistics()["seconds"]
            player.next_statistics(lambda e, now=now: e["seconds"] >= now + 3)
        told = [e["message"] for e in player.facts("error")]
        assert player.process.poll() is None
        player.stop()
        ingest.wait_until(lambda: publish.ended, 10, "the end")
    figures(
        "T23",
        "disk full under an encoder: longest wait for a picture",
        publish.egress.video.largest_wait,
        "s",
        at_most=0.5,
    )
    figures(
        "T23", "said in words that there is no room", any("space" in one or "full" in one for one in told), exactly=1
    )
    untouched(figures, "T23", publish, "the stream")
