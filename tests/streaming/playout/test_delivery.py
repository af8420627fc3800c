"""Two real platforms: whatever one of them does, the other's recording has no gap; and the one is found again."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from streaming.playout.outputs.queue import MOST_MS
from tests.fakes.proxy import Proxy
from tests.plugins.nginx_rtmp import running_nginx
from tests.plugins.peers import open_folder
from tests.streaming.playout.pictures import make_rendition
from tests.streaming.playout.recording import read

pytestmark = pytest.mark.peers("nginx")
KEYS = ("key-of-the-first", "key-of-the-second")
MOST_MB = 20


@pytest.fixture
def second():
    with open_folder() as folder, running_nginx(folder) as relay:
        yield relay


@pytest.fixture
def proxy(second):
    with Proxy(second.rtmp_port) as between:
        yield between


@pytest.fixture
def station(play, nginx_rtmp, proxy, tones, tmp_path):
    """A station of 4 Mbit/s on its way to both."""
    heavy = make_rendition(tmp_path / "heavy.mp4", (20, 20, 20), 60, noise=220, crf="12")
    urls = (nginx_rtmp.rtmp_url(), f"rtmp://127.0.0.1:{proxy.port}/live")
    outputs = [
        {"id": name, "kind": "rtmp", "url": url, "key": key, "private": True}
        for name, url, key in zip(("first", "second"), urls, KEYS, strict=True)
    ]
    player = play(
        picture={"id": "heavy", "path": str(heavy)},
        source={"kind": "playlist", "entries": [{"id": "1", "path": str(tones[0])}]},
        outputs=outputs,
    )
    player.next_statistics(lambda e: all(o["up"] for o in e["outputs"]) and e["seconds"] > 2)
    return player


def _memory_mb(player):
    lines = Path(f"/proc/{player.process.pid}/smaps_rollup").read_text()
    found = re.search(r"^Pss: +(\d+)", lines, re.MULTILINE)
    assert found
    return int(found[1]) / 1024


def _second(statistics):
    return statistics["outputs"][1]


def _is_back(player, after, within=60):
    return player.wait_until(lambda e: e["event"] == "output" and e["id"] == "second" and e["up"], within, after)


def _judge(player, nginx_rtmp, say, what):
    """End it, and look at what the first platform recorded."""
    last = player.next_statistics()
    player.stop()
    whole = read(nginx_rtmp.wait_for("record_done", KEYS[0]).path)
    gaps = sum(later - earlier > 40 for earlier, later in pairwise(whole.video.times))
    say(
        f"{what}; the other: {len(whole.colours)} pictures, {gaps} gaps, largest step "
        f"{whole.video.largest_step:.0f} ms video, {whole.audio.largest_step:.0f} ms audio, {whole.errors} errors, "
        f"{last['outputs'][0]['dropped']} dropped"
    )
    assert gaps == whole.errors == whole.video.backward == whole.audio.backward == 0
    assert whole.audio.largest_step <= 43
    assert nginx_rtmp.publishes(KEYS[0]) == 1
    assert last["outputs"][0]["dropped"] == 0
    words = (player.folder / "stderr.log").read_text() + str(player.events)
    assert not [key for key in KEYS if key in words]


def test_one_platform_is_killed_and_comes_back(station, nginx_rtmp, second, say):
    second.kill()
    down = station.wait_for("output", id="second", up=False)
    seen = station.next_statistics(lambda e: _second(e)["reconnects"] >= 3)
    after = len(station.events)
    second.start()
    back = _is_back(station, after)
    away = back["at"] - down["at"]
    _judge(station, nginx_rtmp, say, f"killed, {_second(seen)['reconnects']} tries, back after {away:.1f} s")


@pytest.mark.whole
def test_one_platform_refuses_every_connection(station, nginx_rtmp, proxy, say):
    proxy.refuse()
    proxy.reset()
    station.wait_for("output", id="second", up=False)
    waits = []
    for tries in range(1, 5):
        waiting = station.next_statistics(
            lambda e, tries=tries: _second(e)["reconnects"] >= tries and _second(e)["state"] == "waiting", 30
        )
        waits.append(_second(waiting)["retry_in"])
    assert "cannot be reached" in _second(waiting)["error"]
    after = len(station.events)
    proxy.accept()
    _is_back(station, after)
    said = [event for event in station.facts("error") if event["about"] == "output:second"]
    assert len(said) <= 2
    _judge(station, nginx_rtmp, say, f"refused, waits {[round(wait, 1) for wait in waits]} s, told {len(said)} times")


@pytest.mark.whole
def test_one_platform_stalls_with_its_window_shut(station, nginx_rtmp, proxy, say):
    before = _memory_mb(station)
    proxy.swallow()
    down = station.wait_for("output", id="second", up=False, within=60)
    assert "stopped taking data" in down["error"]
    grown = _memory_mb(station) - before
    station.next_statistics(lambda e: _second(e)["state"] != "up")
    after = len(station.events)
    proxy.release()
    back = _is_back(station, after)
    released = station.events[after - 1]["at"]
    assert grown < MOST_MB
    assert back["at"] - released < 30
    _judge(
        station, nginx_rtmp, say, f"stalled, memory grew by {grown:.1f} MB, back {back['at'] - released:.1f} s after"
    )


@pytest.mark.whole
def test_one_platform_is_throttled_below_the_stream(station, nginx_rtmp, proxy, second, say):
    before = _memory_mb(station)
    proxy.throttle(60_000)
    since = len(station.events)
    station.next_statistics(lambda e: _second(e)["dropped"] > 100, 90)
    lags = [_second(e)["queued_ms"] for e in station.events[since:] if e["event"] == "statistics"]
    grown = _memory_mb(station) - before
    proxy.throttle(0)
    caught_up = station.next_statistics(lambda e: _second(e)["up"] and _second(e)["queued_ms"] < 500, 40)
    assert _second(caught_up)["reconnects"] == 0
    assert second.publishes(KEYS[1]) == 1
    assert max(lags) <= MOST_MS + 2_000
    assert grown < MOST_MB
    dropped = _second(caught_up)["dropped"]
    _judge(
        station,
        nginx_rtmp,
        say,
        f"throttled, lag at most {max(lags) / 1000:.1f} s, {dropped} units dropped, memory grew by {grown:.1f} MB",
    )
