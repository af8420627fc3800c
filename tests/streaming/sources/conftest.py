"""A station that takes webhooks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from streaming.stations.models import Station
from tests.factories import make_station
from tests.streaming.sources.radio_server import RadioServer, radio_server

SECRET = "a-secret-nobody-guesses"


@pytest.fixture
def station(db) -> Station:
    station = make_station("night-fm", source_kind=Station.SourceKind.AZURACAST, shortcode="azuratest_radio")
    station.set_webhook_secret(SECRET)
    station.save()
    return station


@pytest.fixture
def radio() -> Iterator[RadioServer]:
    """A server that speaks as a test wants."""
    with radio_server() as server:
        yield server
