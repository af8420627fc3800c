"""AzuraCast's live feed tells of changes at once; a local server speaks its contract."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from config.lib.addresses import AddressRefusedError
from config.lib.problem import LongwaveError
from streaming.sources import feed as feeds
from streaming.sources.errors import NoAnswerError, NotJsonError
from streaming.sources.feed import Feed, events, feed_for, now_playings, retry_after
from streaming.sources.models import TrackChange
from streaming.sources.report import TrackReport
from streaming.stations.models import Station
from tests.factories import make_station
from tests.fakes.feed import FakeFeed, fake_feed
from tests.payloads import payload
from tests.streaming.nodes.stage import until

CHANNEL = "station:azuratest_radio"


@pytest.fixture
def server() -> Iterator[FakeFeed]:
    with fake_feed() as server:
        server.first = [payload("azuracast/feed_connect")]
        yield server


@pytest.fixture
def heard(station: Station, server: FakeFeed, transactional_db) -> Iterator[Heard]:
    station.metadata_url = f"{server.url}/api/nowplaying/azuratest_radio"
    station.save()
    with listening(station, server) as heard:
        yield heard


class Heard:
    """A feed in a thread, what it said will come next, and whether it is up."""

    def __init__(self, station: Station) -> None:
        self.coming: list[TrackReport] = []
        self.states: list[bool] = []
        self.feed = Feed(station, coming=self.coming.append, changed=self.states.append)


@contextmanager
def listening(station: Station, server: FakeFeed) -> Iterator[Heard]:
    heard, stop = Heard(station), threading.Event()
    thread = threading.Thread(target=heard.feed.run, args=(stop,), daemon=True)
    thread.start()
    try:
        yield heard
    finally:
        stop.set()
        server.hang_up()
        thread.join(10)
        assert not thread.is_alive()


def titles() -> list[str]:
    return list(TrackChange.objects.order_by("id").values_list("title", flat=True))


def test_a_new_connection_is_told_what_plays(heard: Heard, server: FakeFeed):
    until(lambda: titles() == ["Aluko River"], "the change")
    change = TrackChange.objects.get()
    assert (change.dedupe_key, change.origin) == ("sh:4711", "feed")
    assert server.asked == [{"subs": {CHANNEL: {"recover": True}}}]
    assert heard.states == [True]
    assert [report.title for report in heard.coming] == ["Sly Fox"]


def test_a_change_is_taken_up_when_it_is_said(heard: Heard, server: FakeFeed):
    server.wait_for_listeners(1)
    server.say({})
    server.say(payload("azuracast/feed_song_changed"))
    until(lambda: titles() == ["Aluko River", "Sly Fox"], "both changes")
    assert TrackChange.objects.filter(cued_at=None).count() == 2
    until(lambda: [report.title for report in heard.coming] == ["Sly Fox", "Kong"], "what comes next")
    assert heard.coming[1].art_url == f"{server.url}/api/station/azuratest_radio/art/7"


def test_a_server_with_nothing_to_tell_counts_as_connected(heard: Heard, server: FakeFeed):
    server.first = [payload("azuracast/feed_connect_empty")]
    server.wait_for_listeners(1)
    until(lambda: heard.states == [True], "the connection")


def test_a_feed_that_ends_is_connected_again_and_loses_nothing(heard: Heard, server: FakeFeed, monkeypatch):
    monkeypatch.setattr(feeds, "FIRST_RETRY", 0.05)
    until(titles, "the first change")
    server.first = [payload("azuracast/feed_connect_empty")]
    server.say(payload("azuracast/feed_disconnect"))
    until(lambda: heard.states == [True, False, True], "the second connection")
    server.wait_for_listeners(2)  # the first one was left, its end is noticed with the next word
    server.say(payload("azuracast/feed_song_changed"))
    until(lambda: titles() == ["Aluko River", "Sly Fox"], "both changes")


def test_a_play_missed_before_the_feed_came_is_kept_and_not_shown(heard: Heard, server: FakeFeed, station: Station):
    until(titles, "the first change")
    message = payload("azuracast/feed_song_changed")
    np = message["pub"]["data"]["np"]
    missed = {**np["now_playing"], "sh_id": 4712, "song": {**np["now_playing"]["song"], "title": "Missed"}}
    np["now_playing"] |= {"sh_id": 4713, "played_at": missed["played_at"] + 200}
    np["song_history"].insert(0, missed)
    server.say(message)
    until(lambda: titles() == ["Aluko River", "Missed", "Sly Fox"], "all three")
    assert TrackChange.objects.get(title="Missed").cued_at is not None


def test_a_word_that_makes_no_sense_is_passed_over(heard: Heard, server: FakeFeed):
    until(titles, "the first change")
    broken = payload("azuracast/feed_song_changed")
    broken["pub"]["data"]["np"]["now_playing"]["sh_id"] = "x"
    server.say(broken)
    server.say({"channel": "station:another", "pub": {"data": {"np": {}}}})
    server.say({"channel": CHANNEL, "join": {"info": {}}})
    server.say(payload("azuracast/feed_song_changed"))
    until(lambda: titles() == ["Aluko River", "Sly Fox"], "the change after it")
    assert heard.states == [True]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("first", "error", "words"),
    [
        (b"data: nonsense\n\n", NotJsonError, "no JSON"),
        (b"data: [1]\n\n", NotJsonError, "other than objects"),
        (b'data: {"disconnect":{"code":3501,"reason":"bad request"}}\n\n', NoAnswerError, "bad request"),
        (b"data: " + b"x" * (feeds.LINE_LIMIT + 10), NotJsonError, "more than 1024 KiB"),
    ],
)
def test_a_feed_that_cannot_be_read_is_given_up_with_a_reason(
    station: Station, server: FakeFeed, first: bytes, error: type[Exception], words: str
):
    server.first = []
    station.metadata_url = server.url
    following = Feed(station).follow(threading.Event())

    def speak() -> None:
        server.wait_for_listeners(1)
        server.say(first)

    speaker = threading.Thread(target=speak)
    speaker.start()
    with pytest.raises(error, match=words):
        next(following)
    speaker.join()


def test_a_server_without_a_feed_says_so(station: Station, server: FakeFeed):
    server.status = 404
    station.metadata_url = server.url
    with pytest.raises(NoAnswerError, match="answers 404 for its live feed"):
        next(Feed(station).follow(threading.Event()))


def test_a_feed_that_says_nothing_is_given_up(station: Station, server: FakeFeed, monkeypatch):
    monkeypatch.setattr(feeds, "SILENCE", 0.3)
    server.first = []
    station.metadata_url = server.url
    with pytest.raises(LongwaveError, match=r"said nothing for 0\.3 seconds"):
        next(Feed(station).follow(threading.Event()))


def test_a_private_address_is_refused_where_none_is_allowed(station: Station, server: FakeFeed, settings):
    settings.OUTBOUND_PRIVATE = False
    station.metadata_url = server.url
    with pytest.raises(AddressRefusedError):
        next(Feed(station).follow(threading.Event()))


@pytest.mark.parametrize(("kind", "url"), [("icecast", "http://radio.example/status-json.xsl"), ("azuracast", "")])
def test_only_azuracast_with_a_now_playing_address_has_a_feed(db, kind: str, url: str):
    assert feed_for(make_station("quiet-fm", source_kind=kind, metadata_url=url)) is None


def test_retries_come_later_each_time_and_at_least_every_six_minutes():
    waits = [retry_after(n) for n in range(1, 40)]
    assert waits[0] < 3
    assert waits[2] > waits[0]
    assert max(waits) <= 360


@pytest.mark.parametrize(
    ("name", "titles"),
    [
        ("feed_connect", ["Aluko River"]),
        ("feed_connect_empty", []),
        ("feed_connect_older", ["Aluko River"]),
        ("feed_song_changed", ["Sly Fox"]),
        ("feed_disconnect", []),
    ],
)
def test_each_kind_of_message_is_understood(name: str, titles: list[str]):
    found = now_playings(payload(f"azuracast/{name}"), CHANNEL)
    assert [np["now_playing"]["song"]["title"] for np in found] == titles


@pytest.mark.parametrize(
    "message",
    [{}, {"connect": None}, {"connect": {"subs": []}}, {"connect": {"subs": {CHANNEL: {"publications": [None, 3]}}}}],
)
def test_what_is_in_no_contract_says_nothing(message: Any):
    assert now_playings(message, CHANNEL) == []


def test_events_are_cut_wherever_the_network_cuts_them():
    stream = (
        b": hello\r\n\r\nevent: x\r\ndata: one\r\n\r\ndata:two\ndata: lines\nid: 3\n\n\n\ndata: \xc3\xa4\n\ndata: c"
    )
    for size in (1, 2, 7, 1000):
        pieces = [stream[place : place + size] for place in range(0, len(stream), size)]
        assert list(events(pieces)) == ["one", "two\nlines", "ä"]
