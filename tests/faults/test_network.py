"""T06 and T07 on a network of our own: the kernel slows its link or takes it down. Only root may make one."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tests.fakes.ingest import FakeIngest
from tests.faults.probe import Weight, to
from tests.plugins.daemon import find_program
from tests.streaming.playout.pictures import make_rendition
from tests.streaming.playout.player import Player, make_spec

pytestmark = [pytest.mark.long, pytest.mark.timeout(400)]
NEAR, FAR = "10.213.7.2", "10.213.7.1"


@dataclass(frozen=True)
class Cable:
    """A network namespace for an encoder, and the link it has to us."""

    name: str

    def ip(self, *words: str) -> None:
        """Change the encoder's end."""
        _run("ip", "netns", "exec", self.name, *words)

    def play(self, folder: Path, picture: tuple[str, Path], **more: object) -> Player:
        """Start an encoder at the other end."""
        player = Player(folder, make_spec(folder, picture, **more))
        player.prefix = [str(find_program("ip")), "netns", "exec", self.name]
        return player.start()


def _run(*command: str) -> None:
    subprocess.run([str(find_program(command[0])), *command[1:]], check=True, capture_output=True)


@pytest.fixture
def cable() -> Iterator[Cable]:
    """A link between us and a namespace; skipped where none can be made."""
    one = Cable(f"lw{os.getpid()}")
    try:
        _run("ip", "netns", "add", one.name)
        _run("ip", "link", "add", "lwfar", "type", "veth", "peer", "name", "lwnear", "netns", one.name)
        _run("ip", "addr", "add", f"{FAR}/24", "dev", "lwfar")
        _run("ip", "link", "set", "lwfar", "up")
        one.ip("ip", "addr", "add", f"{NEAR}/24", "dev", "lwnear")
        one.ip("ip", "link", "set", "lwnear", "up")
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        _forget(one)
        pytest.skip(f"no network of our own can be made here: {error}")
    yield one
    _forget(one)


def _forget(cable: Cable) -> None:
    subprocess.run([str(find_program("ip")), "netns", "del", cable.name], check=False, capture_output=True)


@pytest.mark.parametrize("seconds", [20, 120])
def test_t07_a_link_that_goes_down_is_found_again(figures, cable, pictures, tmp_path, seconds):
    with FakeIngest(host=FAR) as ingest:
        player = cable.play(tmp_path, pictures["red"], outputs=[to(ingest)])
        try:
            ingest.wait_for("p")
            before = player.next_statistics(lambda e: e["seconds"] > 3)
            cable.ip("ip", "link", "set", "lwnear", "down")
            down = player.next_statistics(lambda e: e["at"] >= before["at"] + seconds, within=seconds + 30)["at"]
            cable.ip("ip", "link", "set", "lwnear", "up")
            ingest.wait_until(lambda: ingest.of("p")[-1].last_media > down + 2, seconds + 60, "the way back")
            told = [e["message"] for e in player.facts("error")]
        finally:
            player.stop()
    seen = sorted(at for one in ingest.of("p") for at in one.egress.video.at)
    beyond = float(max(np.diff(seen))) - (down - before["at"])
    figures("T07", f"link down for {seconds} s: gap beyond it", beyond, "s", at_most=8)
    figures("T07", f"link down for {seconds} s: errors told", len(told), at_most=1 + seconds / 10)


def test_t06_a_link_of_one_megabit_drops_whole_gops(figures, cable, tmp_path):
    heavy = make_rendition(tmp_path / "heavy.mp4", (20, 20, 20), 120, noise=120, crf="24")
    with FakeIngest(host=FAR) as ingest:
        player = cable.play(tmp_path, ("heavy", heavy), outputs=[to(ingest)])
        try:
            publish = ingest.wait_for("p")
            began = player.next_statistics(lambda e: e["seconds"] > 4)["seconds"]
            with Weight(player) as weight:
                cable.ip("tc", "qdisc", "add", "dev", "lwnear", "root", "tbf", "rate", "1mbit", "burst", "32kbit",
                         "latency", "400ms")  # fmt: skip
                player.next_statistics(lambda e: e["seconds"] >= began + 60, within=90)
                eased = player.next_statistics()
                cable.ip("tc", "qdisc", "del", "dev", "lwnear", "root")
                player.next_statistics(lambda e: e["seconds"] >= eased["seconds"] + 15, within=40)
        finally:
            player.stop()
    late, at = publish.egress.lateness(), np.array(publish.egress.video.at)
    caught_up = float(max(at[(at > eased["at"]) & (late > 1.0)], default=eased["at"]) - eased["at"])
    figures("T06", "tbf at 1 Mbit/s for 60 s: behind by", float(late.max()), "s", at_most=10)
    figures("T06", "tbf: caught up after", caught_up, "s", at_most=15)
    figures("T06", "tbf: memory grew by", weight.growth, "MB", at_most=20)
    figures("T06", "tbf: connections", len(ingest.of("p")), exactly=1)
