"""Console, API, command line, metrics and the listeners' page tell the same of the platforms."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from rest_framework.test import APIClient

from analytics.metrics.exposition import Facts, radio_text
from analytics.metrics.platforms import PLATFORM_FIELDS, PlatformFacts
from streaming.platforms import connecting
from streaming.platforms.models import DeviceLogin, PlatformAccount, PlatformPlan
from tests.factories import enter, make_user
from tests.fakes.platform import Answered
from tests.streaming.platforms.cast import key_at, live_plan, plan_at, round_now, sending

pytestmark = pytest.mark.django_db
ACCOUNTS = reverse("admin:streaming_platformaccount_changelist")
CONNECT = reverse("admin:streaming_platformaccount_connect")


def page(client, url: str) -> str:
    return str(client.get(url).content.decode())


def test_the_console_shows_the_code_and_goes_on_when_it_is_entered(operator, youtube):
    assert "Connect a YouTube channel" in page(operator, ACCOUNTS)
    answer = operator.post(CONNECT, {"platform": "youtube"})
    login = DeviceLogin.objects.get()
    assert answer.url == reverse("admin:streaming_platformlogin", args=[login.pk])
    shown = operator.get(answer.url)
    assert login.user_code in shown.content.decode()
    assert "https://www.google.com/device" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    youtube.entered = "yes"
    DeviceLogin.objects.update(next_poll_at=timezone.now())
    asked = len(youtube.asked)
    now = reverse("admin:streaming_platformlogin_now", args=[login.pk])
    assert "Waiting for the code" in page(operator, now)
    assert len(youtube.asked) == asked, "the page asks us, the worker asks Google"
    connecting.poll_login(login_id=login.pk)
    assert "Night FM is connected" in page(operator, now)


def test_without_an_application_the_console_says_what_to_set(operator, settings):
    settings.YOUTUBE_CLIENT_ID = ""
    shown = page(operator, ACCOUNTS)
    assert "Connect a YouTube channel" not in shown
    assert "set YOUTUBE_CLIENT_ID and YOUTUBE_CLIENT_SECRET" in shown


def test_a_platform_that_is_away_is_told_at_the_button(operator, youtube):
    youtube.fail("POST /device/code", Answered(500, b"<html>"))
    answer = operator.post(CONNECT, {"platform": "youtube"}, follow=True)
    assert "YouTube answered with what is no JSON" in answer.content.decode()


def test_connecting_needs_the_right_and_a_post(client, operator, youtube):
    assert operator.get(CONNECT).status_code == 405
    assert operator.post(CONNECT, {"platform": "myspace"}).status_code == 403
    enter(client, make_user("editor@example.org", is_staff=True))
    assert client.post(CONNECT, {"platform": "youtube"}).status_code == 403
    assert not DeviceLogin.objects.exists()


def test_disconnecting_asks_once_and_gives_the_access_back(operator, account, youtube):
    url = reverse("admin:streaming_platformaccount_disconnect", args=[account.pk])
    operator.post(url, {"_form_submitted": "1"}, follow=True)
    account.refresh_from_db()
    assert (account.state, youtube.refresh) == (PlatformAccount.State.DISCONNECTED, set())


def test_a_plan_is_added_with_two_choices_and_changed_on_its_page(operator, account, station, youtube, tmp_path):
    url = reverse("admin:streaming_platformplan_add")
    operator.post(url, {"station": station.pk, "account": account.pk, "destination": ""})
    plan = PlatformPlan.objects.get()
    change = reverse("admin:streaming_platformplan_change", args=[plan.pk])
    wishes = {"title": "{station} {mood}", "description": "", "privacy": "public", "latency": "normal", "dvr": "on"}
    assert "{mood} is not known" in operator.post(change, wishes).content.decode()
    path = tmp_path / "t.png"
    Image.new("RGB", (1280, 720), "navy").save(path)
    with path.open("rb") as picture:
        wishes |= {"title": "{station} all night", "rollover_minutes": "710", "picture": picture}
        assert operator.post(change, wishes).status_code == 302
    plan.refresh_from_db()
    assert (plan.title, plan.rollover_minutes, bool(plan.thumbnail)) == ("{station} all night", 710, True)
    assert "after 11 h 50 min" in page(operator, change)


def test_a_twitch_plan_asks_for_what_twitch_knows(operator, streamer, station):
    plan = plan_at(streamer, station)
    change = reverse("admin:streaming_platformplan_change", args=[plan.pk])
    shown = page(operator, change)
    assert "follow_tracks" in shown
    assert 'name="privacy"' not in shown
    operator.post(change, {"title": "{title}", "follow_tracks": "on", "category": "Music", "tags": "radio, nightfm"})
    plan.refresh_from_db()
    assert (plan.follow_tracks, plan.category, plan.tags) == (True, "Music", ["radio", "nightfm"])


def test_the_platforms_word_stands_beside_ours_everywhere(operator, account, station, youtube):
    plan = live_plan(account, station, youtube)
    video = plan.broadcasts.get()
    youtube.viewers[video.video_id] = "17"
    youtube.picture(plan.stream_id, health="bad", issues=[{"type": "gopSizeOver", "severity": "error"}])
    round_now(account)
    for url in (
        reverse("admin:streaming_destination_changelist"),
        reverse("admin:streaming_destination_change", args=[plan.destination_id]),
        reverse("admin:streaming_platformplan_change", args=[plan.pk]),
    ):
        assert "Poor there" in page(operator, url)
    (told,) = api(station)
    assert (told["word"], told["viewers"], told["health"]) == ("Poor there", 17, "bad")
    assert told["issues"][0]["sentence"].startswith("Keyframes are more than four seconds apart")
    assert told["broadcasts"][0]["chat_id"] == video.chat_id
    rows = PlatformPlan.objects.values_list(*PLATFORM_FIELDS)
    facts = Facts(timezone.now(), [], [], [], platforms=[PlatformFacts(*row) for row in rows])
    metrics = radio_text(facts).decode()
    assert 'radio_destination_viewers{destination="YouTube",station="night-fm"} 17.0' in metrics
    assert 'radio_destination_platform_live{destination="YouTube",station="night-fm"} 1.0' in metrics


def test_no_secret_is_on_any_page_or_in_the_api(operator, account, station, youtube):
    plan = live_plan(account, station, youtube)
    secrets = {key_at(plan), *youtube.access, *youtube.refresh}
    shown = json.dumps(api(station)) + json.dumps(api(station, "/api/v1/platform-accounts/"))
    shown += page(operator, ACCOUNTS) + page(operator, reverse("admin:streaming_platformplan_change", args=[plan.pk]))
    assert not [secret for secret in secrets if secret in shown]


def test_green_here_offline_there_needs_the_operator(operator, account, station, youtube):
    plan = live_plan(account, station, youtube)
    youtube.picture(plan.stream_id, arrives=False)
    sending(plan)
    round_now(account)
    assert "is offline there: viewers see nothing" in page(operator, reverse("admin:index"))
    assert "offline at YouTube" in page(operator, reverse("admin:index"))
    assert "Offline there" in page(operator, reverse("admin:streaming_destination_changelist"))
    assert api(station)[0]["word"] == "Offline there"


def test_a_channel_to_be_connected_again_needs_the_operator(operator, account, station, youtube):
    plan_at(account, station)
    youtube.refresh.clear()
    round_now(account)
    assert "Connect the channel again" in page(operator, reverse("admin:index"))


def test_listeners_are_led_to_what_is_live_and_public(client, account, station, youtube):
    plan = live_plan(account, station, youtube)
    url = f"https://www.youtube.com/watch?v={plan.broadcasts.get().video_id}"
    assert url in page(client, "/stations/night-fm/")
    plan.broadcasts.update(privacy="unlisted")
    assert url not in page(client, "/stations/night-fm/")


def test_the_command_line_connects_lists_and_tells(account, station, youtube, monkeypatch):
    live_plan(account, station, youtube)
    said = run("status", "night-fm")
    assert "night-fm at YouTube: Night FM: Good" in said
    told = json.loads(run("status", "--json"))[0]
    assert (told["station"], told["is_live_there"], len(told["videos"])) == ("night-fm", True, 1)
    assert json.loads(run("list", "--json"))[0]["state"] == "connected"
    assert "has taken the access back" in run("disconnect", "youtube", "Night FM")
    youtube.entered = "yes"
    monkeypatch.setattr("time.sleep", lambda _: DeviceLogin.objects.update(next_poll_at=timezone.now()))
    said = run("connect", "youtube")
    assert "Open https://www.google.com/device and enter ABCD-" in said
    assert "Night FM is connected." in said


def test_the_command_line_says_what_is_wrong(account, settings):
    with pytest.raises(CommandError, match=r"There is no channel .Day FM.\. Channels: Night FM"):
        run("disconnect", "youtube", "Day FM")
    with pytest.raises(CommandError, match="There is no station"):
        run("status", "nowhere")
    settings.TWITCH_CLIENT_ID = ""
    with pytest.raises(CommandError, match="set TWITCH_CLIENT_ID"):
        run("connect", "twitch")


def run(*words: str) -> str:
    out = StringIO()
    call_command("platform", *words, stdout=out)
    return out.getvalue()


def api(station, path: str = "") -> list[dict[str, Any]]:
    client = APIClient()
    staff = make_user(f"staff{timezone.now().timestamp()}@example.org", is_staff=True, is_superuser=True)
    client.force_authenticate(staff)
    return list(client.get(path or f"/api/v1/stations/{station.slug}/platforms/").json()["results"])
