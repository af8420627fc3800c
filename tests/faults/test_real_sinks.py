"""T04 to T06 with two real nginx-rtmp: one is killed, refuses, stalls, is throttled; the other has every picture."""

from __future__ import annotations

import pytest

from tests.fakes.proxy import Proxy
from tests.plugins.nginx_rtmp import running_nginx
from tests.plugins.peers import open_folder
from tests.streaming.playout.pictures import make_rendition
from tests.streaming.playout.recording import read

pytestmark = [pytest.mark.peers("nginx"), pytest.mark.slow]
MEGABIT = 125_000


@pytest.fixture
def sinks(nginx_rtmp):
    """The sink that is left alone, and the one that is not, behind a line of its own."""
    with open_folder() as folder, running_nginx(folder) as broken, Proxy(broken.rtmp_port) as line:
        yield nginx_rtmp, broken, line


def _output(name, port):
    return {"id": name, "kind": "rtmp", "url": f"rtmp://127.0.0.1:{port}/live", "key": name, "private": True}


def _back(player, after):
    """Wait until the broken one is connected again; return the seconds since then."""
    return player.wait_until(lambda e: e["event"] == "output" and e["id"] == "b" and e["up"], 90, after)["at"]


def _lost(player, after):
    return player.wait_until(lambda e: e["event"] == "output" and e["id"] == "b" and not e["up"], 60, after)


def _media(player, seconds):
    now = player.next_statistics()["seconds"]
    return player.next_statistics(lambda e: e["seconds"] >= now + seconds, within=seconds + 30)


@pytest.mark.whole
def test_t04_a_real_server_that_is_killed_refuses_stalls_and_is_throttled_costs_the_other_nothing(
    figures, play, sinks, tmp_path
):
    """One after the other on one run; after each the broken one is found again."""
    whole, broken, line = sinks
    heavy = make_rendition(tmp_path / "heavy.mp4", (20, 20, 20), 120, noise=120, crf="24")
    outputs = [_output("w", whole.rtmp_port), _output("b", line.port)]
    player = play(picture={"id": "heavy", "path": str(heavy)}, outputs=outputs)
    for name in ("w", "b"):
        player.wait_for("output", id=name, up=True)
    _media(player, 2)

    seen = len(player.events)
    broken.kill()
    assert _lost(player, seen)["error"]
    line.refuse()
    _media(player, 4)
    broken.start()
    line.accept()
    took = _back(player, seen) - player.events[seen]["at"]
    figures("T04", "real server killed, then refused for 4 s: back after", took, "s", at_most=30)

    seen = len(player.events)
    line.swallow()
    assert "stopped taking data" in _lost(player, seen)["error"]
    released = player.next_statistics()["at"]
    line.release()
    figures("T05", "real server stalled: back after", _back(player, seen) - released, "s", at_most=30)

    line.throttle(MEGABIT)
    _media(player, 12)
    line.throttle(0)
    dropped = _media(player, 3)["outputs"][1]["dropped"]
    figures("T06", "real server throttled: packets dropped for it alone", dropped, at_least=1)

    player.stop()
    recording = read(whole.wait_for("record_done", "w").path)
    figures("T04", "all of it: publishes of the other server", whole.publishes("w"), exactly=1)
    for number in ("T04", "T05", "T06"):
        figures(number, "the other server's recording: largest step", recording.video.largest_step, "ms", at_most=40)
    wrong = recording.errors + recording.video.backward + recording.audio.backward
    figures("T04", "the other server's recording: steps back and decode errors", wrong, exactly=0)
