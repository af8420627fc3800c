"""Control 32: a session's id is new after signing in, ended on the server, and its cookie is kept from scripts."""

from __future__ import annotations

import time

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.signin import sessions
from tests.accounts.signin.app import code_of, set_up
from tests.factories import make_user

pytestmark = pytest.mark.django_db
OWN = "/api/v1/auth/sessions/"
COOKIE = settings.SESSION_COOKIE_NAME
PASSWORD = "correct horse battery"


def with_cookie(value: str) -> Client:
    browser = Client()
    browser.cookies[COOKIE] = value
    return browser


@pytest.fixture
def signed_in(client):
    client.post("/account/login/", {"login": make_user("ana@example.org").email, "password": PASSWORD})
    return client


def test_the_id_from_before_signing_in_is_worth_nothing_after(client):
    person = make_user("ana@example.org")
    secret = set_up(person)
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    before = client.cookies[COOKIE].value
    client.post("/account/2fa/authenticate/", {"code": code_of(secret)})
    after = client.cookies[COOKIE].value
    assert before != after
    assert with_cookie(after).get(OWN).status_code == 200
    assert with_cookie(before).get(OWN).status_code == 401


def test_the_id_is_worth_nothing_after_signing_out(signed_in):
    before = signed_in.cookies[COOKIE].value
    signed_in.post("/account/logout/")
    assert with_cookie(before).get(OWN).status_code == 401
    assert not Session.objects.filter(pk=before).exists()


def test_an_id_that_somebody_made_up_is_never_taken_over(client):
    client.cookies[COOKIE] = "a" * 32
    client.post("/account/login/", {"login": make_user("ana@example.org").email, "password": PASSWORD})
    assert client.cookies[COOKIE].value != "a" * 32


def test_signing_out_by_a_link_does_nothing(signed_in):
    signed_in.get("/account/logout/")
    assert signed_in.get(OWN).status_code == 200


def test_a_script_never_sees_the_cookie_and_no_other_site_sends_it(signed_in):
    cookie = signed_in.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


@pytest.mark.parametrize("field", [sessions.SEEN, sessions.BEGAN])
def test_an_idle_and_an_old_session_are_ended_whatever_the_cookie_says(signed_in, field):
    kept = signed_in.session
    kept[sessions.BEGAN] = kept[sessions.SEEN] = int(time.time())
    kept[field] = 0
    kept.save()
    before = signed_in.cookies[COOKIE].value
    assert with_cookie(before).get(OWN).status_code == 401
    assert not Session.objects.filter(pk=before).exists()
