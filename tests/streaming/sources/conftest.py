"""A station that takes webhooks."""

from __future__ import annotations

import pytest

from streaming.stations.models import Station
from tests.factories import make_station

SECRET = "a-secret-nobody-guesses"


@pytest.fixture
def station(db) -> Station:
    station = make_station("night-fm", source_kind=Station.SourceKind.AZURACAST, shortcode="azuratest_radio")
    station.set_webhook_secret(SECRET)
    station.save()
    return station
