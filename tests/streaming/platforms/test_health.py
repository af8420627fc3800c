"""What the platform says stands beside what we see; green here and offline there is an alert."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from streaming.alerts.models import Alert
from streaming.nodes.models import Encoder
from streaming.outputs.services import remove_destination
from streaming.platforms import connecting, issues, services
from streaming.platforms.models import PlatformAccount, ViewerCount
from streaming.platforms.rounds import run_round
from tests.fakes.platform import Answered
from tests.fakes.youtube import API
from tests.streaming.platforms.cast import live_plan, plan_at, round_now, sending

pytestmark = pytest.mark.django_db
TYPES = {
    "gopSizeOver",
    "gopSizeLong",
    "gopSizeShort",
    "openGop",
    "badContainer",
    "audioBitrateHigh",
    "audioBitrateLow",
    "audioSampleRate",
    "bitrateHigh",
    "bitrateLow",
    "audioCodec",
    "videoCodec",
    "noAudioStream",
    "noVideoStream",
    "multipleVideoStreams",
    "multipleAudioStreams",
    "audioTooManyChannels",
    "interlacedVideo",
    "frameRateHigh",
    "resolutionMismatch",
    "videoCodecMismatch",
    "videoInterlaceMismatch",
    "videoProfileMismatch",
    "videoBitrateMismatch",
    "framerateMismatch",
    "gopMismatch",
    "audioSampleRateMismatch",
    "audioStereoMismatch",
    "audioCodecMismatch",
    "audioBitrateMismatch",
    "videoResolutionSuboptimal",
    "videoResolutionUnsupported",
    "videoIngestionStarved",
    "videoIngestionFasterThanRealtime",
}


def alerts() -> list[str]:
    return list(Alert.objects.filter(closed_at=None).values_list("kind", flat=True))


def test_green_here_and_offline_there_opens_an_alert_and_closes_it(account, station, youtube):
    plan = live_plan(account, station, youtube)
    assert alerts() == []
    youtube.picture(plan.stream_id, arrives=False)
    sending(plan)
    round_now(account)
    alert = Alert.objects.get(closed_at=None)
    assert (alert.kind, alert.subject) == ("platform-offline", f"destination:{plan.destination_id}")
    assert alert.station == station
    assert "is offline there: viewers see nothing" in alert.sentence
    assert "stream inactive" in alert.sentence
    youtube.picture(plan.stream_id)
    round_now(account)
    assert alerts() == []


def test_active_without_data_is_offline_too(account, station, youtube):
    plan = live_plan(account, station, youtube)
    youtube.picture(plan.stream_id, health="noData")
    sending(plan)
    round_now(account)
    assert alerts() == ["platform-offline"]


def test_a_connection_a_minute_young_is_given_time(account, station, youtube):
    plan = live_plan(account, station, youtube)
    youtube.picture(plan.stream_id, arrives=False)
    sending(plan, for_seconds=55)
    round_now(account)
    assert alerts() == []


def test_what_is_down_here_is_no_riddle(account, station, youtube):
    plan = live_plan(account, station, youtube)
    youtube.picture(plan.stream_id, arrives=False)
    sending(plan)
    type(plan.destination).objects.update(connected=False)
    round_now(account)
    assert alerts() == []


def test_an_encoder_that_is_not_heard_of_says_nothing(account, station, youtube):
    plan = live_plan(account, station, youtube)
    youtube.picture(plan.stream_id, arrives=False)
    sending(plan)
    Encoder.objects.update(seen_at=timezone.now() - timedelta(minutes=1))
    round_now(account)
    assert alerts() == []


@pytest.mark.parametrize("how", ["stop", "disconnect", "revoked", "remove", "destination"])
def test_the_alert_does_not_outlive_what_it_is_about(account, station, youtube, how):
    plan = live_plan(account, station, youtube)
    youtube.picture(plan.stream_id, arrives=False)
    sending(plan)
    round_now(account)
    assert alerts() == ["platform-offline"]
    if how == "stop":
        type(station).objects.update(wanted_on_air=False)
        plan.broadcasts.update(state="complete")
        round_now(account)
    elif how == "disconnect":
        connecting.disconnect(account=account)
    elif how == "revoked":
        youtube.refresh.clear()
        PlatformAccount.objects.update(access_until=timezone.now())
        round_now(account)
    elif how == "destination":
        assert plan.destination
        remove_destination(destination=plan.destination)
    else:
        services.remove_plan(plan=plan)
    assert alerts() == []


def test_every_type_of_issue_has_a_sentence_and_a_remedy():
    assert set(issues.ISSUES) == TYPES
    assert all(text.count(".") >= 2 for text in issues.ISSUES.values())


def test_issues_are_kept_and_told_the_worst_first(account, station, youtube):
    plan = live_plan(account, station, youtube)
    told = [
        {"type": "bitrateLow", "severity": "warning", "reason": "r", "description": "d"},
        {"type": "videoIngestionStarved", "severity": "error", "reason": "r", "description": "d"},
        {"type": "quiteNew", "severity": "info", "reason": "Check it", "description": "Something new"},
    ]
    youtube.picture(plan.stream_id, health="bad", issues=told)
    round_now(account)
    plan.refresh_from_db()
    assert (plan.health, plan.is_live_there) == ("bad", True)
    words = issues.in_words(plan.issues)
    assert [issue.type for issue in words] == ["videoIngestionStarved", "bitrateLow", "quiteNew"]
    assert words[2].sentence == "Check it: Something new"


def test_viewers_are_counted_each_few_minutes_and_kept_for_a_while(account, station, youtube):
    plan = live_plan(account, station, youtube)
    video = plan.broadcasts.get().video_id
    youtube.viewers[video] = "123"
    round_now(account)
    plan.refresh_from_db()
    assert plan.viewers == 123
    asked = youtube.count(f"GET {API}/videos")
    PlatformAccount.objects.update(health_due_at=None)
    run_round(account_id=account.pk)
    assert youtube.count(f"GET {API}/videos") == asked
    ViewerCount.objects.update(at=timezone.now() - timedelta(days=36))
    assert services.forget_viewers(older_than=timedelta(days=35)) == 1


def test_a_platform_that_is_away_is_asked_less_and_less_and_tells_it(account, station, youtube):
    plan_at(account, station)
    waits = []
    for _ in range(3):
        youtube.fail(f"GET {API}/liveStreams", *[Answered(500, b"<html>")])
        round_now(account)
        waits.append(round((account.waits_until - account.problem_at).total_seconds()))
    assert waits == [15, 30, 60]
    assert "fault of its own" in account.problem
    assert round_now(account).problem == ""
