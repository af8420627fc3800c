"""What AzuraCast says will play next: a guess, read with when it is expected and handed on once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from streaming.sources import azuracast
from streaming.sources.intake import Intake
from streaming.sources.models import TrackChange
from streaming.sources.report import TrackReport
from tests.payloads import changed, payload

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SONG, NEXT = "azuracast/song_changed", "azuracast/next_song"


def test_what_comes_next_is_read_with_when_it_is_expected():
    report = azuracast.upcoming(payload(SONG), received=datetime.fromtimestamp(1591548318, UTC))
    assert report is not None
    assert (report.artist, report.title, report.song_id) == (
        "Koan Sound",
        "Sly Fox",
        "6f75eb1a3c1f5a9f2b63b3a9f0d1b2c3",
    )
    assert report.started_at == datetime.fromtimestamp(1591548498, UTC)
    assert report.duration_ms == 201_300


def test_a_guess_of_the_past_is_expected_now():
    report = azuracast.upcoming(payload(SONG), received=NOON)
    assert report is not None
    assert report.started_at == NOON


@pytest.mark.parametrize("coming", [None, [], 7, {}, {"song": None}, {"song": {"id": 3, "artist": "A", "title": "B"}}])
def test_a_guess_that_cannot_be_read_is_no_guess(coming: Any):
    assert azuracast.upcoming(changed(SONG, "playing_next", coming), received=NOON) is None


def test_a_jingle_is_no_guess():
    assert azuracast.upcoming(changed(SONG, "playing_next.playlist", "Jingles"), received=NOON) is None


def test_a_guess_is_handed_on_once(station):
    said: list[TrackReport] = []
    intake = Intake(station, TrackChange.Origin.POLL, said.append)
    for name in (SONG, SONG, NEXT, NEXT):
        intake.take_next(azuracast.upcoming(payload(name), received=NOON))
    intake.take_next(None)
    assert [report.title for report in said] == ["Sly Fox", "Kong"]
