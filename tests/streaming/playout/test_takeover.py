"""A presenter takes the station over and leaves it again; whoever watches sees one unbroken stream."""

from __future__ import annotations

import itertools
import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from tests.plugins.nginx_rtmp import running_nginx
from tests.plugins.peers import open_folder
from tests.streaming.ingest.presenters import Presenter
from tests.streaming.playout.flashes import beeps, flashes, skews
from tests.streaming.playout.recording import read

FLASH = 0.2
pytestmark = pytest.mark.peers("nginx")


@pytest.fixture
def ingest():
    """A server of its own for the presenter, so that it may die without the platform."""
    with open_folder() as folder, running_nginx(folder) as server:
        yield server


@pytest.fixture
def present(nginx_rtmp):
    """Publish to the second application, which stands in for the ingest server."""

    def start(*options, name="ayu", server=nginx_rtmp):
        return Presenter(server.rtmp_url("backup", name), *("--size", "640x360", *options))

    return start


def _take_over(player, server, identity="t1", name="ayu", within=20.0):
    """Order the takeover and wait until it is on air; returns how long that took."""
    began = time.monotonic()
    url = server.rtmp_url("backup", name)
    player.send({"do": "takeover", "takeover": {"id": identity, "name": "Ayu", "url": url}})
    player.wait_for("takeover", within, id=identity, state="on_air")
    return time.monotonic() - began


def _finish(player, nginx_rtmp, frames=45) -> Path:
    last = player.next_statistics()["frame"]
    player.next_statistics(lambda e: e["frame"] > last + frames)
    assert player.stop() == 0
    return Path(nginx_rtmp.wait_for("record_done", "st").path)


def _unbroken(recording, nginx_rtmp):
    assert nginx_rtmp.publishes("st") == 1
    assert recording.errors == 0
    assert recording.video.backward == recording.audio.backward == 0
    assert recording.video.largest_step <= 40
    assert recording.audio.largest_step <= 30


def _shown(recording) -> set[str]:
    """Colours that were on for more than a flash."""
    changes = [*recording.changes(), (recording.colours[-1][0] + 1, "")]
    return {name for (at, name), (until, _) in itertools.pairwise(changes) if until - at > FLASH}


def _in_sync(path: Path, least: int) -> None:
    found = skews(path)
    assert len(found) >= least, (found, flashes(path), beeps(path))
    assert max(map(abs, found)) < 0.080, (found, flashes(path), beeps(path))


def _wait_frames(player, frames):
    last = player.next_statistics()["frame"]
    player.next_statistics(lambda e: e["frame"] > last + frames, within=30)


def _ended(player, identity="t1", within=15.0):
    return player.wait_for("takeover", within, id=identity, state="ended")


def test_a_presenters_picture_and_sound_go_on_air_together_and_give_way_again(coded_on_air, present, nginx_rtmp):
    player = coded_on_air()
    with present() as presenter:
        presenter.published()
        _take_over(player, nginx_rtmp)
        assert player.next_statistics()["takeover"] == "t1"
        _wait_frames(player, 150)
        presenter.send(signal.SIGTERM)
        ended = _ended(player)
    assert (ended["end"], ended["copied"]) == ("stopped", False)
    path = _finish(player, nginx_rtmp)
    recording = read(path)
    _unbroken(recording, nginx_rtmp)
    assert _shown(recording) == {"red", "green"}
    assert recording.colours[-1][1] == "red"
    _in_sync(path, 4)


@pytest.mark.whole
def test_what_fits_is_copied_and_what_no_longer_does_is_coded_anew_without_a_seam(coded_on_air, nginx_rtmp, compiled):
    player = coded_on_air()
    url, file = nginx_rtmp.rtmp_url("backup", "ayu"), str(compiled["blue"][1])
    with Presenter(url, file, program="other_station.py") as other:
        other.published()
        _take_over(player, nginx_rtmp)
        assert player.facts("takeover")[-1]["copied"] is True
        _wait_frames(player, 60)
        other.send(signal.SIGUSR1)
        player.wait_for("takeover", state="on_air", copied=False)
        _wait_frames(player, 90)
    _ended(player)
    recording = read(_finish(player, nginx_rtmp))
    _unbroken(recording, nginx_rtmp)
    assert _shown(recording) == {"red", "blue"}


@pytest.mark.whole
@pytest.mark.parametrize(
    ("how", "end"),
    [("stall", "stalled"), ("kill", "stopped"), ("server", "stopped"), ("reader", "unusable"), ("order", "stopped")],
)
def test_however_a_takeover_ends_the_station_goes_on(coded_on_air, present, nginx_rtmp, ingest, how, end):
    player = coded_on_air()
    with present(server=ingest) as presenter:
        presenter.published()
        _take_over(player, ingest)
        _wait_frames(player, 60)
        _make_it_end(how, player, presenter, ingest)
        assert _ended(player)["end"] == end
    path = _finish(player, nginx_rtmp)
    recording = read(path)
    _unbroken(recording, nginx_rtmp)
    assert recording.colours[-1][1] == "red"
    _in_sync(path, 2)


def _make_it_end(how, player, presenter, ingest):
    if how == "stall":
        presenter.send(signal.SIGSTOP)
    elif how == "kill":
        presenter.send(signal.SIGKILL)
    elif how == "server":
        ingest.kill()
    elif how == "reader":
        children = psutil.Process(player.process.pid).children()
        os.kill(next(c.pid for c in children if "streaming.ingest.inside" in c.cmdline()), signal.SIGKILL)
    else:
        player.send({"do": "takeover", "takeover": None})


@pytest.mark.whole
def test_tracks_that_change_meanwhile_air_underneath_and_the_newest_is_what_it_goes_back_to(
    coded_on_air, present, nginx_rtmp, compiled
):
    player = coded_on_air()
    with present() as presenter:
        presenter.published()
        _take_over(player, nginx_rtmp)
        player.show(compiled["green"], "c1")
        player.show(compiled["blue"], "c2")
        player.wait_until(lambda e: e["event"] == "aired" and e["cue"]["id"] == "c2")
        assert player.next_statistics()["picture"] == "blue"
        player.send({"do": "takeover", "takeover": None})
        _ended(player)
    recording = read(_finish(player, nginx_rtmp))
    _unbroken(recording, nginx_rtmp)
    assert recording.colours[-1][1] == "blue"


@pytest.mark.whole
@pytest.mark.parametrize(
    ("options", "sentence"),
    [(("--codec", "hevc"), "The picture is coded as HEVC"), (("--no-picture",), "No picture came")],
)
def test_what_cannot_be_played_is_said_and_never_on_air(coded_on_air, present, nginx_rtmp, options, sentence):
    player = coded_on_air()
    with present(*options) as presenter:
        presenter.published()
        url = nginx_rtmp.rtmp_url("backup", "ayu")
        player.send({"do": "takeover", "takeover": {"id": "t1", "name": "Ayu", "url": url}})
        ended = _ended(player, within=25)
    assert (ended["end"], sentence in ended["reason"]) == ("unusable", True), ended
    assert sentence in player.wait_for("error", about="takeover")["message"]
    assert not [e for e in player.facts("takeover") if e["state"] == "on_air"]
    _unbroken(read(_finish(player, nginx_rtmp)), nginx_rtmp)


@pytest.mark.whole
def test_the_same_takeover_told_twice_is_one_and_one_that_ended_does_not_begin_again(coded_on_air, present, nginx_rtmp):
    player = coded_on_air()
    with present() as presenter:
        presenter.published()
        _take_over(player, nginx_rtmp)
        _take_over(player, nginx_rtmp)
        player.send({"do": "takeover", "takeover": None})
        _ended(player)
        seen = len(player.events)
        url = nginx_rtmp.rtmp_url("backup", "ayu")
        player.send({"do": "takeover", "takeover": {"id": "t1", "name": "Ayu", "url": url}, "id": "again"})
        player.wait_for("answer", to="again", ok=True)
        _wait_frames(player, 90)
    assert [e["state"] for e in player.facts("takeover")] == ["on_air", "ended"]
    assert player.events[seen:]


@pytest.mark.whole
@pytest.mark.slow
def test_five_takeovers_are_one_publish_without_a_gap(coded_on_air, present, nginx_rtmp):
    """Sizes, rates and reordering of five programs; some drop frames, some send no sound."""
    player = coded_on_air()
    programs = [
        ("--size", "1280x720"),
        ("--size", "640x360", "--rate", "60"),
        ("--size", "400x300", "--rate", "25", "--reorder", "2"),
        ("--size", "640x360", "--drop", "--reorder", "2"),
        ("--size", "640x360", "--silent", "--gop", "60"),
    ]
    for number, options in enumerate(programs):
        with present(*options, name=f"p{number}") as presenter:
            presenter.published()
            _take_over(player, nginx_rtmp, f"t{number}", f"p{number}")
            _wait_frames(player, 90)
        _ended(player, f"t{number}")
    path = _finish(player, nginx_rtmp)
    recording = read(path)
    _unbroken(recording, nginx_rtmp)
    _in_sync(path, 8)


@pytest.mark.whole
def test_a_look_is_back_after_the_presenter(coded_on_air, present, nginx_rtmp):
    player = coded_on_air(look="spectrum")
    player.next_statistics(lambda e: e["look"] == "spectrum", within=30)
    with present() as presenter:
        presenter.published()
        _take_over(player, nginx_rtmp)
        assert player.next_statistics()["look"] == "loop"
        presenter.send(signal.SIGTERM)
        _ended(player)
    player.next_statistics(lambda e: e["look"] == "spectrum", within=30)
    recording = read(_finish(player, nginx_rtmp))
    _unbroken(recording, nginx_rtmp)
    assert recording.colours[-1][1] == "red"
