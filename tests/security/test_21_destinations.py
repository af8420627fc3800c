"""Control 21: a stream goes inside only where somebody who may has said so, and never to a cloud's metadata."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from streaming.outputs.models import Destination
from tests.factories import make_station, make_user

pytestmark = pytest.mark.django_db
INSIDE = [
    "rtmp://127.0.0.1/live",
    "rtmp://[::1]/live",
    "rtmp://10.0.0.7/live",
    "srt://192.168.1.2:9000",
    "rtmp://2130706433/live",
]
NEVER = [
    "rtmp://169.254.169.254/live",
    "rtmps://[fe80::1]/live",
    "srt://224.0.0.1:9000",
    "https://169.254.169.254/{key}/out.m3u8",
]


@pytest.fixture
def add():
    make_station()
    client = APIClient()
    client.force_authenticate(make_user("admin@example.org", is_staff=True, is_superuser=True))
    return lambda **body: client.post(
        "/api/v1/stations/night-fm/destinations/", {"key": "abcd-efgh-ijkl", **body}, format="json"
    )


@pytest.mark.parametrize("url", [*INSIDE, *NEVER])
def test_an_address_inside_is_refused_and_nothing_is_kept(add, url):
    answer = add(url=url)
    assert 400 <= answer.status_code < 500, answer.content
    assert "url" in str(answer.json()["errors"])
    assert not Destination.objects.exists()


@pytest.mark.parametrize("url", NEVER)
def test_nobodys_word_lets_a_stream_go_to_metadata(add, url):
    assert 400 <= add(url=url, allow_private=True).status_code < 500
    assert not Destination.objects.exists()
