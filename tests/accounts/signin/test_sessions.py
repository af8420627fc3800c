"""Sessions: listed with device and place, ended one by one or all, by time and by number."""

from __future__ import annotations

import time

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.signin import sessions
from tests.factories import make_user

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.4 Mobile/15E148 Safari/604.1"
)
LIST = "/account/sessions/"


@pytest.fixture
def person():
    return make_user()


def browser(person, agent=FIREFOX, address="203.0.113.5"):
    client = Client(HTTP_USER_AGENT=agent, REMOTE_ADDR=address)
    client.post("/account/login/", {"login": person.email, "password": "correct horse battery"})
    assert client.session["_auth_user_id"] == str(person.pk)
    return client


def is_in(client) -> bool:
    return bool(client.get(LIST).status_code == 200)


def test_each_is_told_by_device_and_the_address_of_first_use(person):
    here = browser(person)
    browser(person, SAFARI, "198.51.100.7")
    page = here.get(LIST, REMOTE_ADDR="192.0.2.1").content.decode()
    for words in ("Firefox on Windows", "Mobile Safari on iOS", "First from 203.0.113.5", "First from 198.51.100.7"):
        assert words in page
    assert "192.0.2.1" not in page
    assert not [key for key in Session.objects.values_list("pk", flat=True) if key in page]


def test_one_is_ended_and_the_others_go_on(person):
    here, phone, work = browser(person), browser(person, SAFARI), browser(person, "curl/8.5.0")
    (listed,) = [one for one in sessions.going_on(person) if "Safari" in one.device]
    here.post(LIST, {"id": listed.id})
    assert [is_in(one) for one in (here, phone, work)] == [True, False, True]


def test_all_others_are_ended_at_once(person):
    here, phone, work = browser(person), browser(person, SAFARI), browser(person)
    here.post(LIST)
    assert [is_in(one) for one in (here, phone, work)] == [True, False, False]


def test_another_persons_session_cannot_be_ended(person):
    stranger = browser(make_user("other@example.org"))
    theirs = browser(person)
    answer = stranger.post(LIST, {"id": sessions.going_on(person)[0].id}, follow=True)
    assert "There is no such session any more." in answer.content.decode()
    assert is_in(theirs)


def test_of_too_many_the_one_used_longest_ago_ends(person, settings):
    settings.SESSIONS_AT_ONCE = 2
    first = browser(person)
    second = browser(person)
    UserSession.objects.filter(session_key=first.session.session_key).update(last_seen_at="2020-01-01T00:00:00Z")
    third = browser(person)
    assert [is_in(one) for one in (first, second, third)] == [False, True, True]


def test_a_new_password_ends_all_but_the_one_that_asked(person):
    here, phone = browser(person), browser(person, SAFARI)
    new = "quite another long one"
    here.post("/account/password/change/", {"oldpassword": "correct horse battery", "password1": new, "password2": new})
    assert [is_in(one) for one in (here, phone)] == [True, False]
    assert [one.current for one in sessions.going_on(person, here.session)] == [True]


@pytest.mark.parametrize(
    ("field", "ago"), [(sessions.SEEN, settings.SESSION_IDLE_SECONDS), (sessions.BEGAN, settings.SESSION_COOKIE_AGE)]
)
def test_one_ends_when_it_was_idle_or_old(person, field, ago):
    here = browser(person)
    for seconds, goes_on in ((ago - 60, True), (ago + 60, False)):
        kept = here.session
        kept[sessions.SEEN] = int(time.time())
        kept[field] = int(time.time()) - seconds
        kept.save()
        assert is_in(here) is goes_on
    assert "_auth_user_id" not in here.session


def test_use_is_written_down_once_a_minute_and_the_place_not_again(person, django_assert_num_queries):
    here = browser(person)
    row = UserSession.objects.get()
    here.get("/", REMOTE_ADDR="192.0.2.1")
    assert UserSession.objects.get().last_seen_at == row.last_seen_at
    kept = here.session
    kept[sessions.SEEN] -= 61
    kept.save()
    here.get("/", REMOTE_ADDR="192.0.2.1")
    after = UserSession.objects.get()
    assert after.last_seen_at > row.last_seen_at
    assert after.ip == "203.0.113.5"


def test_requests_without_a_session_cost_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/health/live")


def test_the_list_is_for_those_who_are_signed_in(client):
    assert client.get(LIST).headers["Location"].startswith("/account/login/")
