"""A poller finds what a webhook missed, and never reports a play twice."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import pytest
from django.db import connection

from config.lib.http import FetchError
from config.lib.problem import LongwaveError
from streaming.sources import readers
from streaming.sources.models import TrackChange
from streaming.sources.pollers import EVERY, GIVE_UP_AFTER, JITTER, Poller, pause, poller_for
from streaming.stations.models import Station
from tests.factories import make_station
from tests.payloads import changed, payload
from tests.streaming.sources.conftest import SECRET
from tests.streaming.sources.radio_server import RadioServer

SONG = "azuracast/song_changed"
PATH = "/api/nowplaying/azuratest_radio"
STATUS = "/status-json.xsl"


@pytest.fixture
def poller(station: Station, radio: RadioServer) -> Poller:
    station.metadata_url = radio.url + PATH
    station.save()
    return _poller(station)


@pytest.fixture
def icecast_poller(db, radio: RadioServer) -> Poller:
    station = make_station(
        "ice-fm",
        source_kind=Station.SourceKind.ICECAST,
        audio_url=f"{radio.url}/radio.mp3",
        metadata_url=radio.url + STATUS,
    )
    return _poller(station)


def test_what_plays_is_found(poller: Poller, radio: RadioServer):
    radio.say(PATH, payload(SONG))
    poller.poll()
    change = TrackChange.objects.get()
    assert (change.dedupe_key, change.origin, change.title) == ("sh:4711", "poll", "Aluko River")
    assert change.cued_at is None


def test_what_the_webhook_said_is_not_reported_again(client, poller: Poller, radio: RadioServer):
    _webhook(client, payload(SONG))
    radio.say(PATH, payload(SONG))
    poller.poll()
    assert TrackChange.objects.get().origin == "webhook"


def test_a_webhook_after_the_poll_is_a_duplicate(client, poller: Poller, radio: RadioServer):
    radio.say(PATH, payload(SONG))
    poller.poll()
    assert _webhook(client, payload(SONG)) == "duplicate"


def test_a_play_missed_altogether_is_kept_and_not_shown(client, poller: Poller, radio: RadioServer):
    """4709 was reported; 4710 began and ended unseen; 4711 plays."""
    before = changed(SONG, "now_playing.sh_id", 4709)
    before["now_playing"]["played_at"] -= 400
    _webhook(client, before)
    radio.say(PATH, payload(SONG))
    poller.poll()
    kept = list(TrackChange.objects.order_by("id").values_list("dedupe_key", "cued_at"))
    assert [key for key, _ in kept] == ["sh:4709", "sh:4710", "sh:4711"]
    assert kept[1][1] is not None
    assert kept[2][1] is None


def test_what_played_before_the_station_was_ours_is_not_kept(poller: Poller, radio: RadioServer):
    radio.say(PATH, payload(SONG))
    poller.poll()
    assert list(TrackChange.objects.values_list("dedupe_key", flat=True)) == ["sh:4711"]


def test_a_history_that_cannot_be_read_does_not_keep_back_what_plays(client, poller: Poller, radio: RadioServer):
    _webhook(client, changed(SONG, "now_playing.sh_id", 4709))
    radio.say(PATH, changed(SONG, "song_history", [{"sh_id": "x"}, None]))
    poller.poll()
    assert TrackChange.objects.order_by("-id").first().dedupe_key == "sh:4711"


def test_a_poll_that_a_webhook_overtook_does_not_bring_the_old_song_back(client, poller: Poller, radio: RadioServer):
    later = changed(SONG, "now_playing.sh_id", 4712)
    later["now_playing"]["played_at"] += 180
    _webhook(client, later)
    radio.say(PATH, payload(SONG))
    poller.poll()
    assert TrackChange.objects.get(dedupe_key="sh:4711").cued_at is not None


@pytest.mark.parametrize("name", ["azuracast/nothing_playing", "azuracast/offline"])
def test_nothing_playing_reports_nothing(poller: Poller, radio: RadioServer, name: str):
    radio.say(PATH, payload(name))
    poller.poll()
    assert not TrackChange.objects.exists()


@pytest.mark.parametrize(
    ("document", "status", "words"),
    [
        ({"code": 404}, 404, "answers 404. Check the address"),
        (b"oops", 500, "answers 500"),
        (b"<html>", 200, "no JSON"),
        (b"", 200, "no JSON"),
        ([], 200, "knows no station 'azuratest_radio'"),
        ({"now_playing": {}}, 200, "now_playing.sh_id is missing"),
        (b"[" * 100_000, 200, "no JSON"),
        (b"x" * 3 * 1024 * 1024, 200, "more than 2048 KiB"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_an_answer_that_helps_nobody_is_an_error_in_words(
    poller: Poller, radio: RadioServer, document: Any, status: int, words: str
):
    radio.say(PATH, document, status=status)
    with pytest.raises(LongwaveError, match=words):
        poller.poll()
    assert not TrackChange.objects.exists()


def test_a_redirect_is_named_so_that_it_can_be_entered(poller: Poller, radio: RadioServer):
    radio.say(PATH, b"", status=301, Location="https://elsewhere.example/api")
    with pytest.raises(LongwaveError, match=r"elsewhere\.example/api: enter that address"):
        poller.poll()


def test_a_server_that_answers_too_late_is_given_up_on(poller: Poller, radio: RadioServer, monkeypatch):
    monkeypatch.setattr(readers, "SECONDS", 0.3)
    silent = threading.Event()
    real = radio.pages.get
    monkeypatch.setattr(radio, "pages", _Slow(silent, real))
    with pytest.raises(FetchError, match="did not answer in full"):
        poller.poll()
    silent.set()


def test_the_list_of_all_stations_is_understood(poller: Poller, radio: RadioServer):
    other = changed(SONG, "station.shortcode", "other")
    radio.say(PATH, [other, payload(SONG)])
    poller.poll()
    assert TrackChange.objects.count() == 1


def test_an_unchanged_page_is_not_sent_again(poller: Poller, radio: RadioServer):
    radio.say(PATH, payload(SONG), ETag='"one"')
    poller.poll()
    poller.poll()
    assert radio.calls[1][1]["if-none-match"] == '"one"'
    assert TrackChange.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_could_not_be_kept_is_asked_for_again(station: Station, radio: RadioServer):
    station.metadata_url = radio.url + PATH
    poller = _poller(station)
    radio.say(PATH, payload(SONG), ETag='"one"')
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE streaming_trackchange RENAME TO elsewhere")
    try:
        with pytest.raises(Exception, match="streaming_trackchange"):
            poller.poll()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE elsewhere RENAME TO streaming_trackchange")
    poller.poll()
    assert TrackChange.objects.count() == 1


def test_the_servers_address_alone_is_enough(station: Station, radio: RadioServer):
    station.metadata_url = radio.url
    radio.say(PATH, payload(SONG))
    _poller(station).poll()
    assert TrackChange.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "url"),
    [("playlist", "http://127.0.0.1/x"), ("azuracast", ""), ("icecast", "")],
)
def test_a_station_without_a_now_playing_address_has_no_poller(db, kind: str, url: str):
    assert poller_for(make_station("quiet-fm", source_kind=kind, metadata_url=url)) is None


def test_a_status_page_reports_the_title_of_its_mount(icecast_poller: Poller, radio: RadioServer):
    radio.say(STATUS, _status("Ana - Blue", "/other.mp3", "Else - where"))
    icecast_poller.poll()
    change = TrackChange.objects.get()
    assert (change.artist, change.title, change.origin) == ("Ana", "Blue", "status")


def test_a_title_that_stands_is_reported_once(icecast_poller: Poller, radio: RadioServer):
    radio.say(STATUS, _status("Ana - Blue"))
    for _ in range(3):
        icecast_poller.poll()
    radio.say(STATUS, _status("Ana - Red"))
    icecast_poller.poll()
    radio.say(STATUS, _status("Ana - Blue"))
    icecast_poller.poll()
    titles = TrackChange.objects.order_by("id").values_list("title", flat=True)
    assert list(titles) == ["Blue", "Red", "Blue"]


def test_a_page_that_breaks_for_a_while_loses_nothing(icecast_poller: Poller, radio: RadioServer):
    radio.say(STATUS, _status("Ana - Blue"))
    icecast_poller.poll()
    radio.say(STATUS, b'{"icestats":{"source":')
    with pytest.raises(LongwaveError):
        icecast_poller.poll()
    radio.say(STATUS, _status("Ana - Blue"))
    icecast_poller.poll()
    assert TrackChange.objects.count() == 1


def test_polls_are_due_often_enough_to_find_a_change_within_15_seconds():
    assert EVERY + JITTER + GIVE_UP_AFTER <= 15
    waits = [pause(0) for _ in range(200)]
    assert EVERY <= min(waits) < max(waits) <= EVERY + JITTER
    assert pause(1) > EVERY + JITTER
    assert pause(1000) <= 62


@pytest.mark.django_db(transaction=True)
def test_a_poller_that_runs_outlives_a_failing_server_and_stops_when_told(
    station: Station, radio: RadioServer, monkeypatch
):
    monkeypatch.setattr("streaming.sources.pollers.EVERY", 0.05)
    monkeypatch.setattr("streaming.sources.pollers.JITTER", 0.0)
    station.metadata_url = radio.url + PATH
    stop = threading.Event()
    thread = threading.Thread(target=_poller(station).run, args=(stop,))
    radio.say(PATH, b"oops", status=500)
    thread.start()
    try:
        assert radio.asked.wait(5)
        radio.say(PATH, payload(SONG))
        _until(TrackChange.objects.exists)
    finally:
        stop.set()
        thread.join(5)
    assert not thread.is_alive()


class _Slow:
    """Pages that are looked up only after ``silent`` is set."""

    def __init__(self, silent: threading.Event, real: Any) -> None:
        self.silent = silent
        self.real = real

    def get(self, path: str, default: Any = None) -> Any:
        self.silent.wait(5)
        return self.real(path, default)


def _poller(station: Station) -> Poller:
    poller = poller_for(station)
    assert poller is not None
    return poller


def _webhook(client, body: Any) -> str:
    response = client.post(
        "/webhook/azuracast/night-fm",
        json.dumps(body),
        "application/json",
        headers={"X-Webhook-Secret": SECRET},
    )
    return str(response.json()["status"])


def _status(title: str, *others: str) -> Any:
    pairs = [("/radio.mp3", title), *zip(others[::2], others[1::2], strict=True)]
    sources = [{"listenurl": f"http://localhost:8000{mount}", "title": said} for mount, said in pairs]
    return {"icestats": {"source": sources if others else sources[0]}}


def _until(true: Any) -> None:
    deadline = time.monotonic() + 5
    while not true():
        assert time.monotonic() < deadline, "it did not happen within five seconds"
        threading.Event().wait(0.02)
