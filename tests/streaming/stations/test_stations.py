"""Stations are made, put on air and taken off."""

from __future__ import annotations

import json
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from catalog.models import EncodingProfile, Track
from config.lib.notify import CHANNEL
from streaming.nodes.models import Encoder
from streaming.stations import services
from streaming.stations.errors import StationInvalidError
from streaming.stations.models import PlaylistEntry, Station
from tests.factories import make_profile, make_station

pytestmark = pytest.mark.django_db
AUDIO = "https://radio.example/live.mp3"


@pytest.fixture(autouse=True)
def profile():
    return make_profile()


def make(**changes):
    given = {"slug": "night-fm", "name": "Night FM", "source_kind": "icecast", "audio_url": AUDIO}
    return services.create_station(**{**given, **changes})


def make_track(title):
    return Track.objects.create(artist="Own", title=title, sha256=title, codec="mp3", duration_ms=1000, size=1)


def test_a_new_station_is_off_air_and_has_an_encoder():
    station = make()
    assert not station.wanted_on_air
    assert station.encoder.state == Encoder.State.STOPPED


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"slug": ""}, "slug"),
        ({"slug": "Night FM"}, "slug"),
        ({"slug": "../x"}, "slug"),
        ({"slug": "-loglevel"}, "slug"),
        ({"slug": "a" * 65}, "slug"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"source_kind": "vinyl"}, "source_kind"),
        ({"audio_url": ""}, "audio_url"),
        ({"audio_url": "file:///etc/passwd"}, "audio_url"),
        ({"audio_url": "http://"}, "audio_url"),
        ({"audio_url": "http://radio:99999/"}, "audio_url"),
        ({"audio_url": "http://radio/a b"}, "audio_url"),
        ({"audio_url": "http://radio/" + "a" * 500}, "audio_url"),
        ({"metadata_url": "ftp://x/"}, "metadata_url"),
        ({"profile": "4k"}, "profile"),
        ({"shortcode": "a/b"}, "shortcode"),
    ],
)
def test_what_cannot_be_used_names_its_field_and_makes_nothing(changes, field):
    with pytest.raises(StationInvalidError) as refused:
        make(**changes)
    assert refused.value.field == field
    assert not Station.objects.exists()


def test_a_slug_twice_is_refused():
    make()
    with pytest.raises(StationInvalidError) as refused:
        make()
    assert refused.value.field == "slug"


def test_an_unknown_profile_is_told_the_known_ones():
    assert EncodingProfile.objects.exists()
    with pytest.raises(StationInvalidError, match="720p30"):
        make(profile="4k")


@pytest.mark.parametrize(
    ("metadata", "shortcode"),
    [
        ("https://radio.example/api/nowplaying/night", "night"),
        ("https://radio.example/api/nowplaying_static/night.json", "night"),
        ("", "night-fm"),
        ("https://radio.example/other", "night-fm"),
    ],
)
def test_azuracasts_short_name_is_taken_from_its_address_else_the_slug(metadata, shortcode):
    assert make(source_kind="azuracast", metadata_url=metadata).shortcode == shortcode


def test_one_azuracast_station_feeds_one_station():
    make(source_kind="azuracast", shortcode="night")
    with pytest.raises(StationInvalidError) as refused:
        make(slug="other", source_kind="azuracast", shortcode="night")
    assert refused.value.field == "shortcode"


def test_the_webhook_secret_is_kept_as_a_digest_only():
    station = make(source_kind="azuracast", secret="s3cret")
    assert station.knows_webhook_secret("s3cret")
    assert "s3cret" not in station.webhook_digest
    renewed = services.renew_secret(station=station)
    assert station.knows_webhook_secret(renewed)
    assert not station.knows_webhook_secret("s3cret")


def test_both_webhook_secrets_are_taken_until_the_overlap_is_over_and_none_before_them():
    station = make(source_kind="azuracast", secret="s3cret")
    second = services.renew_secret(station=station, overlap=timedelta(hours=1))
    assert station.knows_webhook_secret("s3cret")
    assert station.knows_webhook_secret(second)
    third = services.renew_secret(station=station, overlap=timedelta(hours=1))
    assert [station.knows_webhook_secret(secret) for secret in ("s3cret", second, third)] == [False, True, True]
    station.webhook_before_until = timezone.now()
    assert [station.knows_webhook_secret(secret) for secret in ("s3cret", second, third, "")] == [
        False,
        False,
        True,
        False,
    ]


def test_the_first_secret_has_none_before_it():
    station = make(source_kind="azuracast")
    services.renew_secret(station=station, overlap=timedelta(hours=1))
    assert not station.knows_secret_before
    assert not station.knows_webhook_secret("")


def test_an_old_secret_does_not_go_on_for_longer_than_a_month():
    station = make(source_kind="azuracast", secret="s3cret")
    with pytest.raises(StationInvalidError) as refused:
        services.renew_secret(station=station, overlap=timedelta(days=31))
    assert refused.value.field == "overlap_hours"
    assert station.knows_webhook_secret("s3cret")


def test_start_and_stop_say_what_is_wanted():
    station = make()
    services.start_station(station=station)
    assert Station.objects.get().wanted_on_air
    services.stop_station(station=station)
    assert not Station.objects.get().wanted_on_air


def test_starting_one_that_gave_up_asks_for_a_new_chance():
    station = make()
    services.start_station(station=station)
    assert Station.objects.get().restart_wanted_at is None
    Encoder.objects.update(state=Encoder.State.FAILED)
    services.start_station(station=station)
    assert Station.objects.get().restart_wanted_at is not None


def test_a_playlist_keeps_the_rows_that_stay():
    station = make_station()
    a, b, c = (make_track(t) for t in "abc")
    services.set_playlist(station=station, tracks=[a, b, a])
    before = dict(PlaylistEntry.objects.values_list("position", "pk"))
    services.set_playlist(station=station, tracks=[b, c, a])
    after = dict(PlaylistEntry.objects.values_list("position", "pk"))
    assert [e.track for e in station.playlist.select_related("track")] == [b, c, a]
    assert after[0] == before[1]
    assert after[2] in (before[0], before[2])


@pytest.mark.django_db(transaction=True)
def test_nodes_hear_of_a_start_when_it_is_committed():
    make_profile()
    station = make()
    parameters = {
        k: v for k, v in connection.get_connection_params().items() if k in {"dbname", "user", "host", "port"}
    }
    with psycopg.connect(**parameters, autocommit=True) as link:
        link.execute(f"LISTEN {CHANNEL}")
        services.start_station(station=station)
        said = [json.loads(n.payload) for n in link.notifies(timeout=5, stop_after=1)]
    assert said == [{"station": str(station.pk), "what": "control"}]


@pytest.mark.parametrize(
    ("field", "value"),
    [("transition", "spin"), ("transition_ms", 50), ("loudness_target", 3), ("sync_delay_ms", 200_000)],
)
def test_a_setting_out_of_bounds_is_named_and_nothing_is_kept(field, value):
    station = make_station()
    before = getattr(station, field)
    setattr(station, field, value)
    with pytest.raises(StationInvalidError) as caught:
        services.save_station(station=station)
    assert caught.value.field == field
    station.refresh_from_db()
    assert getattr(station, field) == before


def test_how_pictures_change_is_kept():
    station = make_station()
    station.transition, station.transition_ms = "wipe", 500
    services.save_station(station=station)
    station.refresh_from_db()
    assert (station.transition, station.transition_ms) == ("wipe", 500)
