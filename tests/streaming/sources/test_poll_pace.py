"""A poller rests while another way tells of every change."""

from __future__ import annotations

import threading

import pytest

from streaming.sources.pollers import pause, poller_for
from streaming.stations.models import Station
from tests.payloads import payload
from tests.streaming.nodes.stage import until
from tests.streaming.sources.radio_server import RadioServer

PATH = "/api/nowplaying/azuratest_radio"


@pytest.mark.django_db(transaction=True)
def test_a_poller_rests_while_the_feed_tells_and_asks_at_once_when_it_ends(station: Station, radio: RadioServer):
    station.metadata_url = radio.url + PATH
    radio.say(PATH, payload("azuracast/song_changed"))
    poller, stop = poller_for(station), threading.Event()
    assert poller is not None
    thread = threading.Thread(target=poller.run, args=(stop,))
    thread.start()
    try:
        until(lambda: len(radio.calls) == 1, "the first poll")
        poller.relax(relaxed=True)
        until(lambda: len(radio.calls) == 2, "one more poll")
        poller.relax(relaxed=False)
        until(lambda: len(radio.calls) == 3, "a poll at once")
        assert poller.answered_at is not None
    finally:
        stop.set()
        poller.nudge()
        thread.join(5)
    assert not thread.is_alive()
    assert pause(0, relaxed=True) >= 60
