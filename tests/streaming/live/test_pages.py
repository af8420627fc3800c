"""What a listener gets without a single script."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from streaming.nodes.models import Encoder
from tests.factories import make_airing, make_loop, make_station

pytestmark = pytest.mark.django_db
HOSTILE = """<script>alert(1)</script>"'</script><img src=x onerror=alert(1)>"""


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def test_no_station_yet_says_what_to_do(client):
    page = text(client, "/")

    assert "No station yet" in page
    assert "bin/manage station add" in page
    assert "/admin/" in page


def test_a_card_tells_name_state_and_what_is_on(client):
    make_airing(make_station(name="Night FM", state=Encoder.State.RUNNING), "Blue hour")

    page = text(client, "/")

    assert "Night FM" in page
    assert 'data-state="RUNNING">On air<' in page
    assert "Blue hour · Ana" in page
    assert 'href="/stations/night-fm/"' in page


def test_stations_on_air_come_first(client):
    make_station("aaa", name="Aaa")
    make_station("zzz", name="Zzz", state=Encoder.State.RUNNING)

    page = text(client, "/")

    assert page.index("Zzz") < page.index("Aaa")


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("RUNNING", "On air"),
        ("SPAWNING", "Starting"),
        ("CRASHED", "Coming back"),
        ("STOPPED", "Off air"),
        ("FAILED", "Off air"),
    ],
)
def test_every_state_is_told_by_a_word(client, state, word):
    make_station(state=state)

    assert f'data-state="{state}" data-word role="status">{word}<' in text(client, "/stations/night-fm/")


def test_the_station_page_reads_whole_without_scripts(client):
    station = make_station(name="Night FM", state=Encoder.State.RUNNING)
    make_airing(station, "Antenna", artist="Kites", minutes_ago=5, duration_seconds=200)
    make_airing(station, "Blue hour", album="Carrier")

    page = re.sub(r"<script.*?</script>", "", text(client, "/stations/night-fm/"), flags=re.DOTALL)

    for words in ("Night FM", "Blue hour", "Ana", "Carrier", "Antenna", "Kites", "/hls/night-fm/index.m3u8"):
        assert words in page


@pytest.mark.parametrize(
    ("lane", "words"),
    [("main", ""), ("", ""), ("backup", "plays from a spare source"), ("emergency", "plays from its own list")],
)
def test_listeners_are_told_when_something_stands_in_for_the_source(client, lane, words):
    station = make_station(state=Encoder.State.RUNNING)
    Encoder.objects.filter(station=station).update(lane=lane)

    told = re.search(
        r"<p class=\"now-sound\" data-sound( hidden)? role=\"status\">([^<]*)</p>", text(client, "/stations/night-fm/")
    )

    assert told is not None
    assert bool(told[1]) is not bool(words)
    assert words in told[2]


def test_an_untitled_track_stands_under_its_artist(client):
    make_airing(make_station(state=Encoder.State.RUNNING), "", artist="Field recording", track_key="field recording")

    assert "data-title>Field recording<" in text(client, "/stations/night-fm/")


def test_hostile_titles_stay_text_everywhere(client):
    station = make_station(name=HOSTILE, state=Encoder.State.RUNNING)
    for minute in (0, 5):
        make_airing(station, HOSTILE, artist=HOSTILE, album=HOSTILE, minutes_ago=minute)

    for path in ("/", "/stations/night-fm/"):
        page = text(client, path)
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_pages_run_no_inline_script_and_send_a_policy_that_forbids_it(client):
    make_station(state=Encoder.State.RUNNING)
    for path in ("/", "/stations/night-fm/"):
        answer = client.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", answer.content.decode(), re.DOTALL):
            assert "src=" in attributes or "application/json" in attributes, body
        assert not re.search(r"\son[a-z]+=|\sstyle=|javascript:", answer.content.decode())


def test_an_unknown_station_answers_the_designed_404(client):
    assert "There is nothing on this frequency" in text(client, "/stations/nowhere/", 404)
    assert "There is nothing on this frequency" in text(client, "/nowhere", 404)


def test_a_page_that_fails_says_so_in_the_look_and_tells_nothing(client, monkeypatch):
    client.raise_request_exception = False

    def fail(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("streaming.live.views.stations_overview", fail)

    page = text(client, "/", 500)
    assert "This page failed" in page
    assert "secret detail" not in page


class TestPicture:
    def test_a_loop_that_was_shown_has_a_public_picture(self, client):
        station = make_station(state=Encoder.State.RUNNING)
        loop = make_loop(thumbnail=b"\xff\xd8jpeg")
        make_airing(station, loop=loop)

        answer = client.get(f"/stations/night-fm/pictures/{loop.pk}")

        assert (answer.status_code, answer.content) == (200, b"\xff\xd8jpeg")
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"

    def test_a_loop_nobody_has_seen_is_not_found(self, client):
        make_station()
        loop = make_loop(thumbnail=b"\xff\xd8jpeg")

        assert client.get(f"/stations/night-fm/pictures/{loop.pk}").status_code == 404

    def test_another_stations_loop_is_not_found(self, client):
        make_station()
        loop = make_loop(thumbnail=b"\xff\xd8jpeg")
        make_airing(make_station("other"), loop=loop)

        assert client.get(f"/stations/night-fm/pictures/{loop.pk}").status_code == 404

    def test_a_loop_without_a_picture_shows_the_slate(self, client):
        loop = make_loop()
        make_station(default_loop=loop)

        answer = client.get(f"/stations/night-fm/pictures/{loop.pk}")

        assert answer.status_code == 302
        assert answer.headers["Location"].endswith("slate.svg")

    def test_media_has_no_address_of_its_own(self, client):
        loop = make_loop(thumbnail=b"\xff\xd8jpeg")

        assert client.get(f"/media-is-not-served/{loop.thumbnail.name}").status_code == 404
