"""A node asks and listens at a station's source for as long as that stays the same."""

from __future__ import annotations

import threading

import pytest

from streaming.nodes.polling import Polling
from streaming.sources.models import TrackChange, UpcomingTrack
from tests.factories import make_slate, make_station
from tests.fakes.feed import fake_feed
from tests.payloads import payload
from tests.streaming.nodes.stage import until

PAGE = "/api/nowplaying/azuratest_radio"


@pytest.fixture
def server():
    with fake_feed() as server:
        server.first = [payload("azuracast/feed_connect_empty")]
        server.pages[PAGE] = payload("azuracast/song_changed")
        yield server


@pytest.fixture
def polling(transactional_db, server):
    """Its threads are gone before the tables are emptied."""
    polling = Polling()
    yield polling
    polling.stop()
    server.hang_up()
    until(lambda: not [t for t in threading.enumerate() if t.name.startswith(("poll-", "feed-"))], "the threads' end")


@pytest.fixture
def station(polling, server):
    make_slate()
    return make_station(source_kind="azuracast", metadata_url=server.url + PAGE, shortcode="azuratest_radio")


def test_poll_and_feed_make_one_list_and_what_comes_next_is_prepared(polling, server, station):
    polling.follow(station)
    server.wait_for_listeners(1)
    until(UpcomingTrack.objects.exists, "the poll's answer, whose guess must not come after the feed's")
    server.say(payload("azuracast/feed_song_changed"))
    until(lambda: TrackChange.objects.count() == 2, "both changes")
    told = set(TrackChange.objects.values_list("title", "origin"))
    assert told == {("Aluko River", "poll"), ("Sly Fox", "feed")}
    until(lambda: UpcomingTrack.objects.filter(title="Kong").exists(), "the next track")


def test_a_feed_that_is_missing_leaves_the_poll_as_it_was(polling, server, station):
    server.status = 404
    polling.follow(station)
    until(lambda: polling.answers, "an answer")
    assert TrackChange.objects.get().origin == "poll"


def test_a_source_that_answers_nothing_counts_for_nothing(polling, server, station):
    server.status = 500
    server.pages.clear()
    polling.follow(station)
    until(lambda: server.polls, "a poll")
    assert not polling.answers


def test_a_changed_source_is_asked_and_the_old_one_left(polling, server, station):
    polling.follow(station)
    server.wait_for_listeners(1)
    server.pages["/other"] = payload("azuracast/next_song")
    station.metadata_url = server.url + "/other"
    polling.follow(station)
    until(lambda: "/other" in server.polls, "the new address")
    polling.stop()
    assert not polling.answers
