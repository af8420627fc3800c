"""A presenter takes over a station of a whole installation, with the server, key and doors as they are delivered."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.config.holder import a_home
from tests.flows.house import House, loop_file
from tests.flows.viewer import Viewer
from tests.plugins.daemon import HOST, answers, free_port, wait_until
from tests.plugins.nginx_rtmp import NginxRtmp
from tests.plugins.tones import tone_mp3
from tests.streaming.ingest.presenters import Presenter
from tests.streaming.playout.pictures import COLOURS
from tests.streaming.playout.recording import read

pytestmark = [pytest.mark.slow, pytest.mark.whole, pytest.mark.peers("nginx"), pytest.mark.timeout(300)]
ON_AIR_WITHIN = 15.0
"""Seconds; about five on a machine that has time."""


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with a_home() as holder:
        house = House(holder.places, free_port())
        house.ingest = free_port()
        house.environment |= {"INGEST_URL": f"rtmp://{HOST}:{house.ingest}/ingest", "INGEST_HOST": HOST}
        house.start()
        yield house
        house.process.terminate()
        house.process.wait(15)


def test_presenters_come_and_go_while_parts_die_and_the_platform_sees_one_stream(
    house: House, nginx_rtmp: NginxRtmp, tmp_path: Path
) -> None:
    key = a_station(house, nginx_rtmp, tmp_path)
    with Viewer(nginx_rtmp.rtmp_url("live", "st")) as viewer:
        viewer.wait_for_colour("blue", within=60)

        with presenter(house, "wrong") as stranger:
            assert stranger.code(within=20) == 1
        assert house.rows("SELECT count(*) FROM streaming_takeover") == [(0,)]

        with presenter(house, key) as ayu:
            shown_within(house, viewer, ayu)
            ayu.send(signal.SIGKILL)
            viewer.wait_for_colour("blue", since=time.time(), within=ON_AIR_WITHIN)

        with presenter(house, key) as ayu:
            shown_within(house, viewer, ayu)
            os.kill(house.part("ingest").pid, signal.SIGKILL)
            viewer.wait_for_colour("blue", since=time.time(), within=ON_AIR_WITHIN)

        wait_until(lambda: answers(house.ingest), within=20, what="the ingest server's return")
        with presenter(house, key) as ayu:
            shown_within(house, viewer, ayu)
            os.kill(house.part("node").pid, signal.SIGKILL)
            wait_until(lambda: running(house) == 1 and adopted(house), within=40, what="the node's return")
            ayu.send(signal.SIGTERM)
            viewer.wait_for_colour("blue", since=time.time(), within=ON_AIR_WITHIN)
            wait_until(lambda: running(house) == 0, within=20, what="the end on record")

        house.manage("station", "stop", "show")
    ends = house.rows('SELECT "end", copied, on_air_at IS NOT NULL FROM streaming_takeover ORDER BY published_at')
    assert ends == [("stopped", False, True)] * 3
    one_unbroken_stream(nginx_rtmp)
    assert key not in house.output.read_text()


def a_station(house: House, nginx_rtmp: NginxRtmp, folder: Path) -> str:
    """Put a station on air, blue, and return a presenter's key."""
    house.manage("station", "add", "show", "--name", "Show", "--source", "playlist")
    house.manage("loop", "add", "show", str(loop_file(folder / "blue.mp4", COLOURS["blue"])), "--default")
    tone = tone_mp3(folder / "1.mp3", artist="Bo", title="Tone", seconds=300, hertz=330)
    house.manage("track", "add", "show", str(tone))
    house.manage("destination", "add", "show", nginx_rtmp.rtmp_url(name="st"))
    house.manage("station", "start", "show")
    said = house.manage("ingest", "key", "show", "Ayu")
    return said.split("this once: ")[1].strip()


def presenter(house: House, key: str) -> Presenter:
    return Presenter(f"rtmp://{HOST}:{house.ingest}/ingest/{key}", "--size", "640x360")


def shown_within(house: House, viewer: Viewer, ayu: Presenter) -> float:
    """Wait until viewers see the presenter; return how many seconds after publishing that was."""
    ayu.published(within=20)
    began = time.time()
    try:
        return viewer.wait_for_colour("green", since=began, within=ON_AIR_WITHIN) - began
    except AssertionError as error:
        error.add_note(str(house.rows("SELECT * FROM streaming_takeover")))
        error.add_note("\n".join(log.read_text()[-3000:] for log in house.places.encoders.rglob("*.log")))
        raise


def running(house: House) -> int:
    return int(house.rows("SELECT count(*) FROM streaming_takeover WHERE ended_at IS NULL")[0][0])


def adopted(house: House) -> bool:
    """Whether the new node has reported the encoder it found."""
    seen = "SELECT count(*) FROM streaming_encoder WHERE state = 'RUNNING' AND seen_at > now() - interval '3 seconds'"
    return bool(house.rows(seen)[0][0]) and house.status("show").get("on_air", False)


def one_unbroken_stream(nginx_rtmp: NginxRtmp) -> None:
    path = nginx_rtmp.wait_for("record_done", "st", within=30).path
    assert path is not None
    recording = read(path)
    assert nginx_rtmp.publishes("st") == 1
    assert recording.errors == 0
    assert recording.video.backward == recording.audio.backward == 0
    assert recording.video.largest_step <= 40
    assert recording.audio.largest_step <= 30
