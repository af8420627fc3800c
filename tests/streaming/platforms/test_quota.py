"""YouTube's quota lasts the day: every call is counted, looking slows down, and what has to be done keeps a reserve."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from streaming.platforms import quota
from streaming.platforms.errors import QuotaSpentError
from streaming.platforms.models import QuotaUse
from streaming.platforms.rounds import due_accounts
from tests.factories import make_airing
from tests.fakes.youtube import API, refused
from tests.streaming.platforms.cast import live_plan, plan_at, round_now
from tests.streaming.platforms.conftest import connected

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        ("2026-11-21T21:00:00+00:00", "2026-11-22T08:00:00+00:00"),
        ("2026-11-21T07:59:59+00:00", "2026-11-21T08:00:00+00:00"),
        ("2026-03-08T09:00:00+00:00", "2026-03-09T07:00:00+00:00"),  # a day of 23 hours
        ("2026-11-01T08:00:00+00:00", "2026-11-02T08:00:00+00:00"),  # a day of 25 hours
    ],
)
def test_the_day_begins_at_midnight_on_the_pacific_coast(now, begins):
    assert quota.next_day(datetime.fromisoformat(now)) == datetime.fromisoformat(begins)


def test_a_whole_day_of_looks_fits_into_the_budget():
    now, left, looks = datetime(2026, 11, 21, 8, tzinfo=UTC), 8000, 0
    while now < datetime(2026, 11, 22, 8, tzinfo=UTC):
        now += quota.interval(quota.Left(reading=left, whole=left + 2000), now, accounts=1)
        left, looks = left - 2, looks + 1
    assert (left >= 0, looks) == (True, 2880)


def test_more_accounts_and_less_left_mean_longer_pauses():
    now = datetime(2026, 11, 21, 20, tzinfo=UTC)
    pauses = [quota.interval(quota.Left(reading=left, whole=left), now, accounts=n) for left, n in PAIRS]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (quota.SHORTEST, quota.LONGEST)


PAIRS = [(8000, 1), (8000, 5), (800, 1), (100, 2), (0, 1)]


def test_each_call_is_charged_before_it_is_made(account, station, youtube):
    plan_at(account, station)
    round_now(account)
    lists = sum(asked.what.startswith(f"GET {API}") for asked in youtube.asked)
    writes = sum(asked.what.startswith(f"POST {API}") for asked in youtube.asked)
    assert writes == 3
    assert QuotaUse.objects.get().units == lists + 50 * writes


def test_costs_are_a_setting(settings):
    settings.YOUTUBE_UNIT_COSTS = {"liveStreams.list": 3}
    assert [quota.cost_of(m) for m in ("liveStreams.list", "videos.list", "liveBroadcasts.bind")] == [3, 1, 50]


def test_looking_stops_where_the_reserve_begins_and_a_rollover_still_happens(account, station, youtube, settings):
    plan = live_plan(account, station, youtube, rollover_minutes=30)
    settings.YOUTUBE_DAILY_UNITS, settings.YOUTUBE_WRITE_RESERVE = quota.used(timezone.now()) + 300, 300
    plan.broadcasts.update(live_at=timezone.now() - timedelta(minutes=31))
    make_airing(station)
    looks = youtube.count(f"GET {API}/liveStreams")
    round_now(account)
    assert youtube.count(f"GET {API}/liveStreams") == looks
    assert youtube.lives() == ["complete", "live"]
    assert "quota leaves nothing for looking" in account.problem
    assert account.health_due_at == quota.next_day(timezone.now())


def test_quota_exceeded_stops_everything_until_midnight_pacific_and_says_so(account, station, youtube):
    live_plan(account, station, youtube)
    youtube.fail(f"GET {API}/liveStreams", refused(403, "quotaExceeded"))
    round_now(account)
    assert account.waits_until == quota.next_day(timezone.now())
    assert "midnight Pacific" in account.problem
    assert due_accounts() == []
    calls = len(youtube.asked)
    round_now(account)
    assert not any(a.what.startswith(f"GET {API}") for a in youtube.asked[calls:]), "another account is kept off too"


def test_all_accounts_share_one_budget(account, youtube, settings, db):
    other = connected(youtube, platform="youtube", external_id="UCother", name="Other")
    settings.YOUTUBE_DAILY_UNITS, settings.YOUTUBE_WRITE_RESERVE = 100, 0
    quota.purse(account)("liveBroadcasts.insert")
    quota.purse(other)("liveBroadcasts.insert")
    with pytest.raises(QuotaSpentError, match="the stream itself goes on"):
        quota.purse(other)("liveStreams.list")
    assert sorted(QuotaUse.objects.values_list("units", flat=True)) == [50, 50]


def test_asked_too_often_waits_as_long_as_it_says(account, station, youtube):
    plan_at(account, station)
    answer = refused(403, "rateLimitExceeded")
    answer.headers = {"Retry-After": "90"}
    youtube.fail(f"GET {API}/liveStreams", answer)
    round_now(account)
    assert 80 < (account.waits_until - timezone.now()).total_seconds() <= 90
