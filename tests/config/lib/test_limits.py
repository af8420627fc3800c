"""What may be tried how often, with a real Redis, and without one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
import redis
from django.test import RequestFactory

from config.lib import limits
from config.lib.local_limits import LocalCounts


@pytest.fixture
def key():
    return uuid4().hex


@pytest.fixture
def _redis_away(settings, tmp_path, monkeypatch):
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
    monkeypatch.setattr(limits, "_local", LocalCounts())


def test_as_many_as_allowed_go_on_and_the_next_waits(key):
    said = [limits.allow("test.door", key, most=3, seconds=60) for _ in range(4)]
    assert [verdict.allowed for verdict in said] == [True, True, True, False]
    assert 1 <= said[3].retry_after <= 60


def test_tries_side_by_side_never_slip_through_together(key):
    with ThreadPoolExecutor(20) as crowd:
        said = list(crowd.map(lambda _: limits.allow("test.crowd", key, most=5, seconds=60), range(300)))
    assert sum(verdict.allowed for verdict in said) == 5


def test_names_and_keys_are_counted_apart(key):
    assert limits.allow("test.one", key, most=1, seconds=60).allowed
    assert limits.allow("test.two", key, most=1, seconds=60).allowed
    assert limits.allow("test.one", key + "x", most=1, seconds=60).allowed
    assert not limits.allow("test.one", key, most=1, seconds=60).allowed


def test_who_proved_to_be_themselves_begins_anew(key):
    limits.allow("test.door", key, most=1, seconds=60)
    limits.forget("test.door", key)
    assert limits.allow("test.door", key, most=1, seconds=60).allowed


def test_looking_counts_nothing(key):
    limits.allow("test.door", key, most=2, seconds=60)
    for _ in range(3):
        assert limits.is_over("test.door", key, most=2, seconds=60) == limits.Verdict(allowed=True)
    limits.allow("test.door", key, most=2, seconds=60)
    over = limits.is_over("test.door", key, most=2, seconds=60)
    assert not over.allowed
    assert 1 <= over.retry_after <= 60


@pytest.mark.usefixtures("_redis_away")
def test_without_redis_looking_counts_nothing_too(key):
    limits.allow("test.door", key, most=4, seconds=60)
    assert not limits.is_over("test.door", key, most=4, seconds=60).allowed
    assert limits.is_over("test.door", key, most=8, seconds=60).allowed


def test_a_try_that_was_none_is_given_back(key):
    limits.allow("test.door", key, most=2, seconds=60)
    limits.allow("test.door", key, most=2, seconds=60)
    limits.give_back("test.door", key)
    assert limits.allow("test.door", key, most=2, seconds=60).allowed
    assert not limits.allow("test.door", key, most=2, seconds=60).allowed


@pytest.mark.usefixtures("_redis_away")
def test_without_redis_a_try_is_given_back_too(key):
    limits.allow("test.door", key, most=4, seconds=60)
    limits.give_back("test.door", key)
    assert limits.allow("test.door", key, most=4, seconds=60).allowed


def test_what_is_refused_does_not_make_the_wait_longer(key, settings):
    limits.allow("test.door", key, most=1, seconds=60)
    stored = limits._redis_key("test.door", key)
    link: Any = redis.Redis.from_url(settings.REDIS_URL)
    before = link.lrange(stored, 0, -1)
    assert not limits.allow("test.door", key, most=1, seconds=60).allowed
    assert link.lrange(stored, 0, -1) == before


def test_a_try_counts_no_longer_than_its_span(key, settings):
    link: Any = redis.Redis.from_url(settings.REDIS_URL)
    seconds, _ = link.time()
    stored = limits._redis_key("test.door", key)
    link.lpush(stored, (seconds - 59) * 1000)
    assert not limits.allow("test.door", key, most=1, seconds=60).allowed
    assert limits.allow("test.door", key, most=1, seconds=30).allowed


def test_a_clock_set_back_makes_nobody_wait_longer_than_the_span(key, settings):
    link: Any = redis.Redis.from_url(settings.REDIS_URL)
    seconds, _ = link.time()
    link.lpush(limits._redis_key("test.door", key), (seconds + 90_000) * 1000)
    assert limits.allow("test.door", key, most=1, seconds=60).retry_after <= 60


def test_redis_forgets_by_itself_and_never_holds_who_it_was(settings):
    limits.allow("test.door", "+628123456789", most=3, seconds=60)
    link: Any = redis.Redis.from_url(settings.REDIS_URL)
    stored = limits._redis_key("test.door", "+628123456789")
    assert b"628123456789" not in b"".join(link.keys(f"{limits.PREFIX}:test.door:*"))
    assert 0 < link.pttl(stored) <= 60_000


@pytest.mark.usefixtures("_redis_away")
def test_without_redis_a_quarter_is_let_through_and_never_none(key):
    said = [limits.allow("test.door", key, most=8, seconds=60).allowed for _ in range(8)]
    assert said == [True, True, *[False] * 6]
    assert limits.allow("test.small", key, most=1, seconds=60).allowed
    assert not limits.allow("test.small", key, most=1, seconds=60).allowed


@pytest.mark.usefixtures("_redis_away")
def test_without_redis_who_proved_to_be_themselves_begins_anew_too(key):
    limits.allow("test.door", key, most=1, seconds=60)
    limits.forget("test.door", key)
    assert limits.allow("test.door", key, most=1, seconds=60).allowed


def test_a_redis_that_went_away_is_not_asked_by_each_caller(key, settings, tmp_path, monkeypatch):
    counts = LocalCounts()
    monkeypatch.setattr(limits, "_local", counts)
    asked: list[str] = []

    def client(url):
        asked.append(url)
        return redis.Redis.from_url(url)

    monkeypatch.setattr(limits, "_client", client)
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
    for _ in range(3):
        limits.allow("test.door", key, most=8, seconds=60)
    assert len(asked) == 1


def test_a_limit_that_allows_nothing_is_a_mistake_of_ours(key):
    with pytest.raises(ValueError, match=r"test\.door must allow at least 1 try"):
        limits.allow("test.door", key, most=0, seconds=60)


def test_one_too_many_says_when_to_come_back(key):
    limits.demand("test.door", key, most=1, seconds=60)
    with pytest.raises(limits.TooManyError) as refused:
        limits.demand("test.door", key, most=1, seconds=60)
    assert refused.value.headers() == {"Retry-After": str(refused.value.retry_after)}
    assert "Try again in" in refused.value.detail


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 second"), (2, "2 seconds"), (60, "1 minute"), (119, "119 seconds"), (121, "3 minutes"), (3600, "1 hour")],
)
def test_a_wait_is_told_as_people_say_it_and_never_too_short(seconds, words):
    assert limits.in_words(seconds) == words


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::"),
        ("", "none"),
    ],
)
def test_a_household_has_one_key(address, told):
    assert limits.caller_key(RequestFactory().get("/", REMOTE_ADDR=address)) == told


def test_this_process_keeps_a_bounded_number_of_keys_and_drops_the_oldest():
    counts = LocalCounts(clock=lambda: 100.0, keys=2)
    for key in ("a", "b", "c"):
        assert counts.count(key, most=1, seconds=60) == 0
    assert counts.count("c", most=1, seconds=60) == 60
    assert counts.count("a", most=1, seconds=60) == 0


def test_this_process_lets_in_again_when_the_span_is_over():
    now = [100.0]
    counts = LocalCounts(clock=lambda: now[0])
    counts.count("a", most=1, seconds=60)
    now[0] = 150.0
    assert counts.count("a", most=1, seconds=60) == 10
    now[0] = 160.0
    assert counts.count("a", most=1, seconds=60) == 0
