"""A station's broadcasts at YouTube: made once, live when the picture arrives, renewed at a track boundary."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from streaming.platforms.models import Broadcast, PlatformPlan
from tests.factories import make_airing
from tests.fakes.youtube import API, refused
from tests.streaming.platforms.cast import been_active, key_at, live_plan, plan_at, round_now, sending

pytestmark = pytest.mark.django_db
State = Broadcast.State
INSERT, TRANSITION = f"POST {API}/liveBroadcasts", f"POST {API}/liveBroadcasts/transition"


def states(plan: PlatformPlan) -> list[str]:
    return [b.state for b in plan.broadcasts.order_by("id")]


def age(plan: PlatformPlan, **ago: float) -> None:
    plan.broadcasts.filter(state=State.LIVE).update(live_at=timezone.now() - timedelta(**ago))


def test_a_plan_without_a_destination_gets_one_with_youtubes_own_key_and_both_ingests(account, station, youtube):
    plan = plan_at(account, station)
    round_now(account)
    plan.refresh_from_db()
    destination = plan.destination
    stream = youtube.streams[plan.stream_id]
    assert destination.url == "rtmps://a.rtmps.youtube.com:443/live2"
    assert destination.backup_url == "rtmps://b.rtmps.youtube.com:443/live2?backup=1"
    assert (destination.platform, destination.backup, destination.enabled) == ("youtube", "standby", True)
    assert key_at(plan) == stream["cdn"]["ingestionInfo"]["streamName"]
    assert stream["contentDetails"] == {"isReusable": True}


def test_the_stream_is_made_once_and_found_again_when_its_answer_was_lost(account, station, youtube):
    plan_at(account, station)
    youtube.fail(f"POST {API}/liveStreams", None)  # it is made, but nobody hears of it
    assert round_now(account).failures == 1
    round_now(account)
    round_now(account)
    assert len(youtube.streams) == 1
    assert youtube.count(f"POST {API}/liveStreams") == 1


def test_a_broadcast_is_made_bound_and_filled_from_the_template(account, station, youtube):
    make_airing(station, "Blue <live>")
    wishes = {
        "title": "{station}: {artist} – {title}",
        "description": "On {date}\nwith {artist}",
        "privacy": "unlisted",
    }
    plan = plan_at(account, station, **wishes, latency="low", dvr=False)
    round_now(account)
    made = youtube.last(INSERT).body
    assert made["snippet"]["title"] == "Night Fm: Ana – Blue live"
    assert made["snippet"]["description"] == f"On {timezone.now():%Y-%m-%d}\nwith Ana"
    assert made["status"] == {"privacyStatus": "unlisted", "selfDeclaredMadeForKids": False}
    details = made["contentDetails"]
    assert (details["enableAutoStart"], details["enableAutoStop"], details["enableDvr"]) == (True, False, False)
    assert details["latencyPreference"] == "low"
    broadcast = plan.broadcasts.get()
    assert (broadcast.state, broadcast.life_cycle) == (State.BOUND, "ready")
    assert broadcast.chat_id == youtube.broadcasts[broadcast.video_id]["snippet"]["liveChatId"]
    assert broadcast.url == f"https://www.youtube.com/watch?v={broadcast.video_id}"


def test_a_broadcast_whose_making_went_unheard_is_found_not_made_twice(account, station, youtube):
    plan = plan_at(account, station)
    youtube.fail(INSERT, None)
    round_now(account)
    assert states(plan) == [State.WANTED]
    round_now(account)
    assert (states(plan), len(youtube.broadcasts)) == ([State.BOUND], 1)


def test_insert_is_never_repeated_by_itself(account, station, youtube):
    plan_at(account, station)
    youtube.fail(INSERT, refused(503, "backendError"))
    round_now(account)
    assert youtube.count(INSERT) == 1


def test_it_goes_live_only_once_youtube_has_the_picture(account, station, youtube):
    plan = plan_at(account, station)
    round_now(account)
    sending(plan)
    round_now(account)
    assert youtube.count(TRANSITION) == 0
    plan.refresh_from_db()
    youtube.picture(plan.stream_id)
    round_now(account)
    assert youtube.count(TRANSITION) == 0, "YouTube starts it by itself as a rule"
    been_active(plan)
    round_now(account)
    assert (states(plan), youtube.lives()) == ([State.LIVE], ["live"])


def test_what_youtube_started_by_itself_is_live_without_a_call(account, station, youtube):
    youtube.starts_by_itself = True
    plan = plan_at(account, station)
    round_now(account)
    plan.refresh_from_db()
    youtube.picture(plan.stream_id)
    round_now(account)
    assert (states(plan), youtube.count(TRANSITION)) == ([State.LIVE], 0)


def test_an_inactive_stream_is_waited_for_and_being_there_already_is_success(account, station, youtube):
    plan = plan_at(account, station)
    round_now(account)
    plan.refresh_from_db()
    youtube.picture(plan.stream_id)
    been_active(plan)
    youtube.fail(TRANSITION, refused(403, "errorStreamInactive"), refused(403, "redundantTransition"))
    round_now(account)
    been_active(plan)
    round_now(account)
    plan.refresh_from_db()
    assert (plan.problem, states(plan)) == ("", [State.BOUND])
    round_now(account)
    assert states(plan) == [State.LIVE]


def test_a_new_broadcast_follows_at_the_first_track_boundary_and_is_live_before_the_old_one_ends(
    account, station, youtube
):
    plan = live_plan(account, station, youtube, rollover_minutes=710)
    before = plan.destination
    age(plan, minutes=706)
    round_now(account)
    assert states(plan) == [State.LIVE, State.BOUND], "made ready five minutes early"
    age(plan, minutes=711)
    make_airing(station, "Old", minutes_ago=2)
    round_now(account)
    assert youtube.lives() == ["live", "ready"], "a track is still on"
    make_airing(station, "New")
    round_now(account)
    assert youtube.lives() == ["complete", "live"]
    assert states(plan) == [State.COMPLETE, State.LIVE]
    order = [a.param("broadcastStatus") for a in youtube.asked if a.what == TRANSITION][-2:]
    assert order == ["live", "complete"]
    plan.refresh_from_db()
    assert plan.destination == before, "the connection stays: same stream, same key"
    assert len(youtube.streams) == 1


def test_without_a_boundary_it_begins_anyway_before_twelve_hours(account, station, youtube):
    plan = live_plan(account, station, youtube, rollover_minutes=710)
    age(plan, minutes=706)
    round_now(account)
    age(plan, minutes=718, seconds=1)
    round_now(account)
    assert youtube.lives() == ["complete", "live"]


def test_a_channel_that_may_have_one_at_a_time_gets_the_new_one_at_once_after_the_old(account, station, youtube):
    youtube.one_at_a_time = True
    plan = live_plan(account, station, youtube, rollover_minutes=30)
    age(plan, minutes=40)
    for _ in range(3):
        round_now(account)
    assert youtube.lives() == ["complete", "live"]
    assert states(plan) == [State.COMPLETE, State.LIVE]


def test_no_rollover_unless_it_is_asked_for(account, station, youtube):
    plan = live_plan(account, station, youtube)
    age(plan, days=30)
    make_airing(station)
    round_now(account)
    assert states(plan) == [State.LIVE]


def test_a_station_that_was_stopped_keeps_its_broadcast_for_ten_minutes(account, station, youtube):
    plan = live_plan(account, station, youtube)
    type(station).objects.update(wanted_on_air=False)
    round_now(account)
    assert youtube.lives() == ["live"]
    PlatformPlan.objects.update(unwanted_since=timezone.now() - timedelta(minutes=11))
    round_now(account)
    assert (youtube.lives(), states(plan)) == (["complete"], [State.COMPLETE])


def test_a_broadcast_ended_at_youtube_is_followed_by_another_but_not_in_a_circle(account, station, youtube):
    plan = live_plan(account, station, youtube)
    for broadcast in youtube.broadcasts.values():
        broadcast["status"]["lifeCycleStatus"] = "complete"
    round_now(account)
    assert states(plan) == [State.COMPLETE]
    plan.broadcasts.update(completed_at=timezone.now() - timedelta(minutes=11))
    been_active(plan)
    round_now(account)
    assert states(plan) == [State.COMPLETE, State.LIVE]


def test_a_stream_deleted_at_youtube_is_made_anew_and_the_destination_gets_its_key(account, station, youtube):
    plan = live_plan(account, station, youtube)
    youtube.streams.clear()
    round_now(account)
    plan.refresh_from_db()
    assert "deleted at YouTube" in plan.problem
    round_now(account)
    plan.refresh_from_db()
    stream = youtube.streams[plan.stream_id]
    assert key_at(plan) == stream["cdn"]["ingestionInfo"]["streamName"]


def test_a_key_reset_at_youtube_reaches_the_destination(account, station, youtube):
    plan = live_plan(account, station, youtube)
    youtube.streams[plan.stream_id]["cdn"]["ingestionInfo"]["streamName"] = "zzzz-new-key"
    round_now(account)
    plan.refresh_from_db()
    assert key_at(plan) == "zzzz-new-key"


def test_a_channel_that_may_not_stream_is_told_in_words_and_asked_less_and_less(account, station, youtube):
    youtube.fail(f"POST {API}/liveStreams", *[refused(403, "liveStreamingNotEnabled")] * 3)
    plan = plan_at(account, station)
    pauses = []
    for _ in range(3):
        round_now(account)
        plan.refresh_from_db()
        assert plan.next_try_at
        assert plan.problem_at
        pauses.append((plan.next_try_at - plan.problem_at).total_seconds())
    assert "youtube.com/features" in plan.problem
    assert pauses == [30, 60, 120]
