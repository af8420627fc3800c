"""A channel is connected with a code, its tokens are sealed and shared, and all of it can be taken back."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from streaming.platforms import connecting, tokens, wire
from streaming.platforms.errors import NotConfiguredError, PlatformAwayError
from streaming.platforms.models import DeviceLogin, Kind, PlatformAccount
from streaming.platforms.rounds import run_round
from tests.fakes.platform import Answered
from tests.fakes.youtube import API, refused
from tests.streaming.platforms.cast import plan_at, round_now

pytestmark = pytest.mark.django_db
State = DeviceLogin.State


def asked_again(login: DeviceLogin) -> DeviceLogin:
    DeviceLogin.objects.filter(pk=login.pk).update(next_poll_at=timezone.now())
    return connecting.poll_login(login_id=login.pk)


def test_a_youtube_channel_is_connected_once_its_code_is_entered(youtube):
    login = connecting.begin_login(platform=Kind.YOUTUBE, created_by=None)
    assert login.user_code.startswith("ABCD-")
    assert login.address == "https://www.google.com/device"
    assert asked_again(login).state == State.WAITING
    youtube.entered = "yes"
    done = asked_again(login)
    assert done.account
    assert (done.state, done.account.name, done.account.external_id) == (State.DONE, "Night FM", "UCnight")
    assert tokens.access_token(done.account) in youtube.access
    assert bytes(DeviceLogin.objects.get().device_sealed) == b""


def test_a_twitch_channel_is_connected_the_same_way(twitch):
    login = connecting.begin_login(platform=Kind.TWITCH, created_by=None)
    assert "twitch.tv/activate" in login.address
    assert asked_again(login).state == State.WAITING
    twitch.entered = "yes"
    account = asked_again(login).account
    assert (account.name, account.login, account.external_id) == ("NightFM", "nightfm", "12345")


def test_nobody_asks_more_often_than_the_platform_allows(youtube):
    login = connecting.begin_login(platform=Kind.YOUTUBE, created_by=None)
    for _ in range(3):
        connecting.poll_login(login_id=login.pk)
    assert youtube.count("POST /token") == 0, "the first five seconds are not over"
    youtube.entered = "slow_down"
    slower = asked_again(login)
    assert slower.interval_s == 10
    assert slower.next_poll_at - timezone.now() > timedelta(seconds=9)


@pytest.mark.parametrize(
    ("word", "state", "sentence"),
    [("access_denied", State.DENIED, "declined"), ("expired_token", State.EXPIRED, "not entered in time")],
)
def test_a_login_that_came_to_nothing_says_why(youtube, word, state, sentence):
    login = connecting.begin_login(platform=Kind.YOUTUBE, created_by=None)
    youtube.entered = word
    ended = asked_again(login)
    assert ended.state == state
    assert sentence in ended.problem
    assert not PlatformAccount.objects.exists()


def test_a_code_that_nobody_enters_runs_out_here_too(twitch):
    login = connecting.begin_login(platform=Kind.TWITCH, created_by=None)
    DeviceLogin.objects.update(expires_at=timezone.now())
    assert asked_again(login).state == State.EXPIRED
    assert twitch.count("POST /oauth2/token") == 0


def test_a_google_account_without_a_channel_is_told_to_make_one(youtube):
    youtube.channels.clear()
    login = connecting.begin_login(platform=Kind.YOUTUBE, created_by=None)
    youtube.entered = "yes"
    ended = asked_again(login)
    assert (ended.state, "has no YouTube channel" in ended.problem) == (State.FAILED, True)


def test_an_api_that_is_switched_off_is_named(youtube):
    login = connecting.begin_login(platform=Kind.YOUTUBE, created_by=None)
    youtube.entered = "yes"
    youtube.fail(f"GET {API}/channels", refused(403, "accessNotConfigured"))
    assert "switch it on in Google's console" in asked_again(login).problem


def test_without_an_application_it_says_which_variables_to_set(settings):
    settings.YOUTUBE_CLIENT_ID = settings.TWITCH_CLIENT_ID = ""
    with pytest.raises(NotConfiguredError, match="YOUTUBE_CLIENT_ID and YOUTUBE_CLIENT_SECRET"):
        connecting.begin_login(platform=Kind.YOUTUBE, created_by=None)
    with pytest.raises(NotConfiguredError, match="TWITCH_CLIENT_ID"):
        connecting.begin_login(platform=Kind.TWITCH, created_by=None)


def test_a_platform_that_is_away_while_waiting_is_asked_again(youtube):
    login = connecting.begin_login(platform=Kind.YOUTUBE, created_by=None)
    youtube.fail("POST /token", Answered(500, b"<html>"))
    assert asked_again(login).state == State.WAITING
    youtube.entered = "yes"
    assert asked_again(login).state == State.DONE


def test_disconnecting_forgets_the_tokens_and_gives_them_back(account, youtube):
    token = tokens.refresh_token(account)
    said = connecting.disconnect(account=account)
    assert "has taken the access back" in said
    assert token not in youtube.refresh
    account.refresh_from_db()
    assert (account.state, bytes(account.refresh_sealed)) == (PlatformAccount.State.DISCONNECTED, b"")
    assert run_round(account_id=account.pk) is False


def test_what_cannot_be_given_back_is_forgotten_anyway_and_says_where_to_do_it(account, youtube):
    youtube.fail("POST /revoke", Answered(503), Answered(503), Answered(503))
    assert "no longer knew" in connecting.disconnect(account=account)
    account.refresh_from_db()
    assert account.state == PlatformAccount.State.DISCONNECTED


def test_connecting_again_takes_up_the_same_row(account, station, youtube):
    plan = plan_at(account, station)
    youtube.refresh.clear()
    round_now(account)
    assert (account.state, "Connect the channel again" in account.problem) == (PlatformAccount.State.AGAIN, True)
    login = connecting.begin_login(platform=Kind.YOUTUBE, created_by=None)
    youtube.entered = "yes"
    assert asked_again(login).account == account
    assert round_now(account).problem == ""
    plan.refresh_from_db()
    assert plan.stream_id


def test_a_token_refused_in_the_middle_is_renewed_once_and_the_round_goes_on(account, station, youtube):
    plan_at(account, station)
    round_now(account)
    youtube.access.clear()
    before = youtube.count("POST /token")
    assert round_now(account).state == PlatformAccount.State.CONNECTED
    assert youtube.count("POST /token") == before + 1


def test_twitchs_refresh_tokens_work_once_and_the_new_one_is_kept(streamer, station, twitch):
    plan_at(streamer, station)
    for _ in range(3):
        twitch.access.clear()
        assert round_now(streamer).problem == ""
    assert len(twitch.refresh) == 1
    assert tokens.refresh_token(streamer) in twitch.refresh


def test_tokens_are_nowhere_in_the_clear(account, station, youtube, caplog):
    with caplog.at_level(logging.DEBUG):
        plan_at(account, station)
        round_now(account)
        secrets = {tokens.refresh_token(account), *youtube.access}
        connecting.disconnect(account=account)
    plan = account.plans.get()
    secrets.add(youtube.streams[plan.stream_id]["cdn"]["ingestionInfo"]["streamName"])
    for secret in secrets:
        assert secret not in caplog.text
    with connection.cursor() as cursor:
        cursor.execute("SELECT array_agg(p::text) FROM platform_accounts p")
        assert not any(secret in str(cursor.fetchone()) for secret in secrets)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_refresh_and_work_once(account, station, youtube):
    plan_at(account, station)
    start, ran = threading.Barrier(4), []

    def work() -> None:
        start.wait()
        try:
            ran.append(run_round(account_id=account.pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert youtube.count("POST /token") == 1
    assert len(youtube.streams) == len(youtube.broadcasts) == 1
    assert ran.count(True) >= 1


@pytest.mark.django_db(transaction=True)
def test_no_call_goes_out_inside_a_transaction(account, station, youtube, monkeypatch):
    youtube.entered = "yes"
    inside = []
    plan_at(account, station)
    once = wire._once

    def watched(*given):
        inside.append(connection.in_atomic_block)
        return once(*given)

    monkeypatch.setattr(wire, "_once", watched)
    round_now(account)
    login = connecting.begin_login(platform=Kind.YOUTUBE, created_by=None)
    asked_again(login)
    connecting.disconnect(account=account)
    assert len(inside) >= 10
    assert not any(inside)


def test_an_address_that_is_no_web_page_is_not_made_a_link(youtube):
    body = {"device_code": "d", "user_code": "u", "verification_url": "javascript:alert(1)", "expires_in": 9}
    youtube.fail("POST /device/code", Answered(200, body))
    with pytest.raises(PlatformAwayError, match="without an address"):
        connecting.begin_login(platform=Kind.YOUTUBE, created_by=None)
