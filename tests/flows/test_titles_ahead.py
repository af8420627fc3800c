"""What AzuraCast says will play next is on the picture, title and all, from the track's first frame on."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.flows.house import House, loop_file, song
from tests.plugins.daemon import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.whole, pytest.mark.timeout(900)]
SECRET = "a webhook secret of some length"
TRACKS = 20
SHORTEST_TRACK, LONGEST_TRACK = 4.0, 120.0
DESIGN = """
from streaming.stations.models import Station
from streaming.titles.models import TitleDesign
from streaming.titles.services import save_design
save_design(design=TitleDesign(station=Station.objects.get(slug="ahead"), enabled=True))
"""


def told(number: int) -> dict[str, Any]:
    """AzuraCast's words: this plays, that is next."""
    body = song(number, "Ana", f"Song {number}")
    coming = song(number + 1, "Ana", f"Song {number + 1}")["now_playing"]
    body["playing_next"] = {**coming, "cued_at": int(time.time()) + 60}
    body["now_playing"]["song"]["art"] = body["playing_next"]["song"]["art"] = ""
    return body


def ready(house: House, title: str) -> bool:
    query = (
        "SELECT count(*) FROM catalog_rendition r JOIN catalog_titlecard c ON c.id = r.card_id"
        " WHERE c.title = %s AND r.status = 'ready'"
    )
    return bool(house.rows(query, title)[0][0])


def aired(house: House, title: str) -> bool:
    return bool(house.rows("SELECT count(*) FROM play_history WHERE title = %s", title)[0][0])


def play(house: House, number: int) -> float:
    """Have a track begin and last until the next one is ready, seconds at least; returns how long that took."""
    began = time.monotonic()
    assert house.post("ahead", told(number), SECRET)[0] == 202
    wait_until(lambda: aired(house, f"Song {number}"), within=10, what="the airing")
    wait_until(lambda: ready(house, f"Song {number + 1}"), within=LONGEST_TRACK, what="the next title")
    taken = time.monotonic() - began
    wait_until(lambda: time.monotonic() - began > SHORTEST_TRACK, within=10, what="the track's end")
    return taken


def test_announced_tracks_begin_with_their_title_and_a_transition(house: House, tmp_path):
    house.manage("station", "add", "ahead", "--name", "Ahead", "--source", "azuracast", "--secret", SECRET)
    house.manage("loop", "add", "ahead", str(loop_file(tmp_path / "a.mp4", (90, 40, 120))), "--default")
    house.manage("shell", "-c", DESIGN)
    house.manage("station", "start", "ahead")
    wait_until(lambda: house.status("ahead").get("state") == "RUNNING", within=30, what="the station on air")
    waits = [play(house, number) for number in range(TRACKS + 1)]
    house.manage("station", "stop", "ahead")
    query = (
        "SELECT titled, seam FROM play_history p JOIN streaming_station s ON s.id = p.station_id"
        " WHERE slug = 'ahead' ORDER BY p.started_at"
    )
    airings = house.rows(query)[1:]  # nobody announced the first one
    good = [titled and seam == "played" for titled, seam in airings]
    print(f"next track ready after {max(waits):.1f} s at most; {sum(good)} of {len(good)} changes with all")  # noqa: T201 - a figure to quote
    assert len(airings) == TRACKS
    assert sum(good) >= 0.95 * TRACKS, airings
