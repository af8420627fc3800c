"""Both platforms as local servers, accounts that are connected to them, and a station that is on air."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from streaming.platforms import oauth, tokens
from streaming.platforms.models import Kind, PlatformAccount
from tests.fakes import twitch as twitch_fakes
from tests.fakes import youtube as youtube_fakes
from tests.fakes.twitch import FakeTwitch, fake_twitch
from tests.fakes.youtube import FakeYouTube, fake_youtube
from tests.streaming.platforms.cast import station_on_air


@pytest.fixture
def youtube(settings) -> Iterator[FakeYouTube]:
    with fake_youtube() as server:
        settings.YOUTUBE_CLIENT_ID, settings.YOUTUBE_CLIENT_SECRET = youtube_fakes.CLIENT, youtube_fakes.SECRET
        settings.YOUTUBE_OAUTH_URL = server.url
        settings.YOUTUBE_API_URL = server.url + youtube_fakes.API
        settings.YOUTUBE_UPLOAD_URL = server.url + youtube_fakes.UPLOAD
        yield server


@pytest.fixture
def twitch(settings) -> Iterator[FakeTwitch]:
    with fake_twitch() as server:
        settings.TWITCH_CLIENT_ID, settings.TWITCH_CLIENT_SECRET = twitch_fakes.CLIENT, ""
        settings.TWITCH_ID_URL = server.url + twitch_fakes.ID
        settings.TWITCH_API_URL = server.url + twitch_fakes.API
        yield server


def connected(server: FakeYouTube | FakeTwitch, **fields: object) -> PlatformAccount:
    account = PlatformAccount(**fields)
    tokens.seal_into(account, oauth.Tokens(access="", refresh=server.grant(), expires_in=0))
    account.access_until = timezone.now() - timedelta(seconds=1)  # the first round has to refresh
    account.save()
    return account


@pytest.fixture
def account(db, youtube) -> PlatformAccount:
    """A connected YouTube channel."""
    return connected(youtube, platform=Kind.YOUTUBE, external_id="UCnight", name="Night FM")


@pytest.fixture
def streamer(db, twitch) -> PlatformAccount:
    """A connected Twitch channel."""
    return connected(twitch, platform=Kind.TWITCH, external_id="12345", name="NightFM", login="nightfm")


@pytest.fixture
def station(db):
    return station_on_air()
