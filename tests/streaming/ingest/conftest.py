"""A station with a presenter, and takeovers switched on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from streaming.ingest import views
from streaming.ingest.services import create_presenter_key
from streaming.sources.rate import Buckets
from tests.factories import make_station

if TYPE_CHECKING:
    from streaming.ingest.models import PresenterKey
    from streaming.stations.models import Station

SECRET = "the ingest server's"


@pytest.fixture
def station(db) -> Station:
    return make_station()


@pytest.fixture
def ayu(station) -> tuple[PresenterKey, str]:
    """A presenter and her key."""
    return create_presenter_key(station=station, name="Ayu", created_by=None)


@pytest.fixture
def switched_on(settings, monkeypatch):
    settings.INGEST = replace(settings.INGEST, url="rtmp://radio.example.org:1935/ingest", secret=SECRET)
    monkeypatch.setattr(views, "buckets", Buckets(per_second=20, burst=100))
    return settings.INGEST
