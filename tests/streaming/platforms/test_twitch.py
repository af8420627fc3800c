"""A Twitch channel gets its title, category and tags, and is watched from Twitch's side."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from streaming.alerts.models import Alert
from streaming.platforms.models import PlatformAccount, PlatformPlan
from tests.factories import make_airing
from tests.fakes.twitch import API, ID, refused, too_many
from tests.streaming.platforms.cast import key_at, plan_at, round_now, sending

pytestmark = pytest.mark.django_db
PATCH = f"PATCH {API}/channels"


def on_twitch(streamer, station, **wishes) -> PlatformPlan:
    plan = plan_at(streamer, station, **wishes)
    round_now(streamer)
    sending(plan, for_seconds=240)
    return plan


def later(plan: PlatformPlan, seconds: float) -> None:
    plan.refresh_from_db()
    assert plan.sent_at
    PlatformPlan.objects.filter(pk=plan.pk).update(sent_at=plan.sent_at - timedelta(seconds=seconds))


def test_the_destination_is_made_with_the_channels_own_key(streamer, station, twitch):
    plan = on_twitch(streamer, station)
    plan.refresh_from_db()
    assert (plan.destination.platform, plan.destination.name) == ("twitch", "Twitch")
    assert key_at(plan) == "live_12345_abcdefgh"


def test_it_is_made_before_the_station_is_on_air(streamer, account, station, twitch, youtube):
    type(station).objects.update(wanted_on_air=False)
    for channel in (streamer, account):
        plan_at(channel, station)
        round_now(channel)
    assert sorted(station.destinations.values_list("name", flat=True)) == ["Twitch", "YouTube"]
    assert not youtube.broadcasts, "nothing is announced before"


def test_title_category_and_tags_are_set_once_the_stream_is_sent(streamer, station, twitch):
    plan = plan_at(streamer, station, title="{station} live", category="Music", tags=["radio", "#nightfm", "radio"])
    round_now(streamer)
    assert twitch.count(PATCH) == 0, "nothing is sent yet"
    sending(plan)
    for _ in range(3):
        round_now(streamer)
    assert twitch.count(PATCH) == 1
    assert twitch.channel == {"title": "Night Fm live", "game_id": "26936", "tags": ["radio", "nightfm"]}


def test_a_title_that_follows_the_tracks_changes_with_them_but_not_too_often(streamer, station, twitch):
    make_airing(station, "One")
    plan = on_twitch(streamer, station, title="{artist} – {title}", follow_tracks=True)
    round_now(streamer)
    assert twitch.channel["title"] == "Ana – One"
    make_airing(station, "Two")
    round_now(streamer)
    assert twitch.channel["title"] == "Ana – One", "thirty seconds are not over"
    later(plan, 31)
    round_now(streamer)
    assert twitch.channel["title"] == "Ana – Two"
    later(plan, 31)
    round_now(streamer)
    assert twitch.count(PATCH) == 2, "the same title is not sent again"


def test_a_title_that_does_not_follow_stays_until_the_next_start(streamer, station, twitch):
    make_airing(station, "One")
    plan = on_twitch(streamer, station, title="{title}")
    round_now(streamer)
    make_airing(station, "Two")
    later(plan, 3600)
    round_now(streamer)
    assert twitch.channel["title"] == "One"
    station.encoder.started_at = timezone.now()
    station.encoder.save()
    sending(plan)
    round_now(streamer)
    assert twitch.channel["title"] == "Two"


def test_a_category_that_twitch_does_not_have_is_named_and_the_title_is_set_anyway(streamer, station, twitch):
    plan = on_twitch(streamer, station, category="Musik")
    round_now(streamer)
    plan.refresh_from_db()
    assert twitch.channel["title"] == "Night Fm: live radio"
    assert "no category 'Musik'" in plan.problem


def test_live_and_viewers_are_kept(streamer, station, twitch):
    plan = on_twitch(streamer, station)
    twitch.go_live(viewers=41)
    round_now(streamer)
    plan.refresh_from_db()
    assert (plan.is_live_there, plan.stream_status, plan.viewers) == (True, "live", 41)
    assert plan.viewer_counts.get().viewers == 41


def test_green_here_and_offline_there_is_an_alert_after_twitchs_own_delay(streamer, station, twitch):
    plan = on_twitch(streamer, station)
    sending(plan, for_seconds=150)
    round_now(streamer)
    assert not Alert.objects.exists()
    sending(plan, for_seconds=200)
    round_now(streamer)
    assert Alert.objects.get(closed_at=None).kind == "platform-offline"
    twitch.go_live()
    round_now(streamer)
    assert not Alert.objects.filter(closed_at=None).exists()


def test_a_full_bucket_waits_until_twitch_says(streamer, station, twitch):
    plan_at(streamer, station)
    twitch.fail(f"GET {API}/streams", too_many(30), too_many(30), too_many(30))
    round_now(streamer)
    assert 25 < (streamer.waits_until - timezone.now()).total_seconds() <= 30


def test_the_token_is_validated_each_hour(streamer, station, twitch):
    plan_at(streamer, station)
    for _ in range(3):
        round_now(streamer)
    assert twitch.count(f"GET {ID}/validate") == 1
    PlatformAccount.objects.update(validated_at=timezone.now() - timedelta(hours=1))
    round_now(streamer)
    assert twitch.count(f"GET {ID}/validate") == 2


def test_a_refused_refresh_asks_to_connect_again(streamer, station, twitch):
    plan_at(streamer, station)
    twitch.refresh.clear()
    round_now(streamer)
    assert streamer.state == PlatformAccount.State.AGAIN
    assert "Connect the channel again" in streamer.problem


def test_a_refused_title_is_told_and_tried_later(streamer, station, twitch):
    plan = on_twitch(streamer, station)
    twitch.fail(PATCH, refused(400, "The title contains words that are not allowed"))
    round_now(streamer)
    plan.refresh_from_db()
    assert "words that are not allowed" in plan.problem
    assert plan.next_try_at
    assert plan.next_try_at > timezone.now()
