"""The main job with real peers: AzuraCast's words in, an unbroken stream out, a picture for every track."""

from __future__ import annotations

import time

import pytest

from tests.flows.house import House, loop_file, song
from tests.flows.viewer import Viewer
from tests.plugins.daemon import wait_until
from tests.plugins.tones import tone_mp3
from tests.streaming.playout.pictures import COLOURS
from tests.streaming.playout.recording import read

pytestmark = [pytest.mark.slow, pytest.mark.peers("nginx", "icecast", "liquidsoap")]
SECRET = "a webhook secret of some length"
SONGS = {"red": ("Ana", "Ruby"), "green": ("Bo", "Moss"), "blue": ("Cy", "Sea")}


@pytest.fixture
def radio(tmp_path, icecast, liquidsoap):
    """A real radio with three tracks."""
    files = [
        tone_mp3(tmp_path / f"{colour}.mp3", artist=artist, title=title, seconds=60, hertz=300 + 100 * n)
        for n, (colour, (artist, title)) in enumerate(SONGS.items())
    ]
    return liquidsoap(files)


def test_five_track_changes_are_one_publish_and_each_picture_comes_with_its_sound(
    house: House, radio, nginx_rtmp, tmp_path
):
    _prepare(house, radio.url, nginx_rtmp.rtmp_url("live", "night-key"), tmp_path)
    house.manage("station", "start", "night")
    nginx_rtmp.wait_for("publish", "night-key", within=30)
    waits = []
    with Viewer(nginx_rtmp.rtmp_url("live", "night-key")) as viewer:
        for number, colour in enumerate(["green", "blue", "red", "green", "blue"]):
            radio.skip()
            status, answer = house.post("night", song(number, *SONGS[colour]), SECRET)
            answered = _now()
            assert (status, answer["status"]) == (202, "accepted")
            assert house.post("night", song(number, *SONGS[colour]), SECRET)[1]["status"] == "duplicate"
            waits.append(viewer.wait_for_colour(colour, since=answered - 0.05) - answered)
            wait_until(
                lambda: house.rows("SELECT count(*) FROM play_history WHERE title = %s", SONGS[colour][1])[0][0] > 0,  # noqa: B023
                within=5,
                what="the airing",
            )
    house.manage("station", "stop", "night")
    recording = read(nginx_rtmp.wait_for("record_done", "night-key", within=20).path)
    assert nginx_rtmp.publishes("night-key") == 1
    assert recording.errors == 0
    assert recording.video.largest_step <= 40
    assert recording.audio.largest_step <= 30
    assert recording.video.backward == recording.audio.backward == 0
    assert max(waits) <= 10.0, waits  # the picture waits for the sound, which is some seconds behind the word
    aired = house.rows(
        "SELECT p.title, count(*) FROM play_history p JOIN streaming_station s ON s.id = p.station_id"
        " JOIN streaming_trackchange c ON c.id = p.change_id"
        " WHERE slug = 'night' AND dedupe_key LIKE 'sh:%%' GROUP BY p.title ORDER BY p.title"
    )
    assert aired == [("Moss", 2), ("Ruby", 1), ("Sea", 2)]
    print(f"webhook answered to picture out: {[round(wait, 3) for wait in waits]} s")  # noqa: T201 - a figure to quote


def _prepare(house: House, sound: str, destination: str, folder) -> None:
    house.manage(
        "station", "add", "night", "--name", "Night", "--source", "azuracast", "--audio", sound, "--secret", SECRET
    )
    for colour, (artist, title) in SONGS.items():
        file = loop_file(folder / f"{colour}.mp4", COLOURS[colour])
        more = ["--default"] if colour == "red" else []
        house.manage("loop", "add", "night", str(file), "--artist", artist, "--title", title, *more)
    house.manage("destination", "add", "night", destination, "--name", "Platform")


def _now() -> float:
    return time.time()
