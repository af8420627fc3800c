"""An engine with a radio whose stream a real server records, for faults that are judged by what a viewer hears."""

from __future__ import annotations

import pytest

from tests.streaming.playout.radios import listen


@pytest.fixture
def on_air(play, nginx_rtmp):
    """Start an engine that is recorded; returns it and a function that ends it and gives what was heard."""

    def start(**more):
        output = {"id": "p", "kind": "rtmp", "url": nginx_rtmp.rtmp_url(), "key": "st", "private": True}
        player = play(outputs=[output], **more)

        def heard():
            player.stop()
            return listen(nginx_rtmp.wait_for("record_done", "st").path)

        return player, heard

    return start


def as_source(radio):
    """Return a radio as a spec names it."""
    return {"kind": "radio", "url": radio.url, "titles": True}


def playing(player):
    """Wait until the radio is heard; returns the statistics that say so."""
    return player.next_statistics(lambda e: e["source"]["up"] and not e["source"]["silent"])
