"""A presenter takes the station over and leaves it again; whoever watches sees one unbroken stream."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import pytest

from tests.streaming.ingest.presenters import Presenter
from tests.streaming.playout.compiled import CODING, compile_colours
from tests.streaming.playout.flashes import beeps, flashes, skews
from tests.streaming.playout.recording import read

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.peers("nginx")


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    return compile_colours(tmp_path_factory.mktemp("compiled"))


@pytest.fixture
def on_air(play, compiled, tones, nginx_rtmp):
    def start(**more):
        output = {"id": "platform", "kind": "rtmp", "url": nginx_rtmp.rtmp_url(), "key": "st"}
        source = {"kind": "playlist", "entries": [{"id": "1", "path": str(tones[0])}]}
        first = {"id": "red", "path": str(compiled["red"][1])}
        player = play(**{"coding": CODING, "outputs": [output], "source": source, "picture": first, **more})
        player.wait_for("output", id="platform", up=True)
        return player

    return start


@pytest.fixture
def present(nginx_rtmp):
    """Publish to the second application, which stands in for the ingest server."""

    def start(*options, name="ayu"):
        return Presenter(nginx_rtmp.rtmp_url("backup", name), *("--size", "640x360", *options))

    return start


def _take_over(player, nginx_rtmp, identity="t1", name="ayu", within=15.0):
    """Order the takeover and wait until it is on air; returns how long that took."""
    began = time.monotonic()
    url = nginx_rtmp.rtmp_url("backup", name)
    player.send({"do": "takeover", "takeover": {"id": identity, "name": "Ayu", "url": url}})
    player.wait_for("takeover", within, id=identity, state="on_air")
    return time.monotonic() - began


def _finish(player, nginx_rtmp, frames=45) -> Path:
    last = player.next_statistics()["frame"]
    player.next_statistics(lambda e: e["frame"] > last + frames)
    assert player.stop() == 0
    return nginx_rtmp.wait_for("record_done", "st").path


def _unbroken(recording, nginx_rtmp):
    assert nginx_rtmp.publishes("st") == 1
    assert recording.errors == 0
    assert recording.video.backward == recording.audio.backward == 0
    assert recording.video.largest_step <= 40
    assert recording.audio.largest_step <= 30


def _shows(recording, *colours):
    seen = [name for _, name in recording.changes()]
    assert list(dict.fromkeys(seen)) == list(colours), recording.changes()


def test_a_presenters_picture_and_sound_go_on_air_together_and_give_way_again(on_air, present, nginx_rtmp):
    player = on_air()
    with present() as presenter:
        presenter.published()
        _take_over(player, nginx_rtmp)
        last = player.next_statistics()["frame"]
        player.next_statistics(lambda e: e["frame"] > last + 180)
        presenter.send(signal.SIGTERM)
        ended = player.wait_for("takeover", id="t1", state="ended")
    assert (ended["end"], ended["copied"]) == ("stopped", False)
    path = _finish(player, nginx_rtmp)
    recording = read(path)
    _unbroken(recording, nginx_rtmp)
    assert "green" in {name for _, name in recording.colours}
    assert recording.colours[-1][1] == "red"
    found = skews(path)
    assert len(found) >= 4
    assert max(map(abs, found)) < 0.080, (flashes(path), beeps(path), player.facts("sound"), player.facts("takeover"))
