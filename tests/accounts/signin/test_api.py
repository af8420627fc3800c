"""The API of accounts: the same work as the pages, the same answers for known and unknown addresses."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client
from rest_framework.test import APIClient

from accounts.people.models import User
from accounts.signin import sessions
from tests.accounts.signin.mailbox import link_in, newest
from tests.factories import enter, make_user

pytestmark = pytest.mark.django_db
AUTH = "/api/v1/auth"
OLD, NEW = "correct horse battery", "quite another long one"


@pytest.fixture
def api():
    return APIClient()


@pytest.fixture
def person():
    return make_user("ana@example.org")


@pytest.fixture
def own(api, person):
    api.force_authenticate(person)
    return api


def post(client, path, **body):
    return client.post(f"{AUTH}/{path}/", body, format="json")


def key_of(link: str) -> str:
    return link.rstrip("/").rpartition("/")[2]


def test_registering_takes_a_mail_and_its_key(api):
    assert post(api, "register", email="new@example.org", password=NEW).status_code == 202
    confirmed = post(api, "register/confirm", key=key_of(link_in(newest("new@example.org"))))
    assert confirmed.json() == {"email": "new@example.org"}
    assert not api.cookies
    signed_in = Client().post("/account/login/", {"login": "new@example.org", "password": NEW})
    assert signed_in.headers["Location"] == "/account/"


def test_a_known_address_registers_with_the_same_answer(api, person):
    known = post(api, "register", email="ana@example.org", password=NEW)
    unknown = post(api, "register", email="new@example.org", password=NEW)
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert known.cookies == unknown.cookies
    assert User.objects.filter(email="ana@example.org").count() == 1
    assert User.objects.get(email="ana@example.org").check_password(OLD)


def test_closed_registration_says_so(api, settings):
    settings.REGISTRATION = False
    refused = post(api, "register", email="new@example.org", password=NEW)
    assert (refused.status_code, refused.json()["title"]) == (403, "Registration is closed")


@pytest.mark.parametrize(
    ("body", "field"),
    [({"email": "x", "password": NEW}, "email"), ({"email": "a@example.org", "password": "short"}, "password")],
)
def test_a_wrong_field_is_named(api, body, field):
    refused = post(api, "register", **body)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
    assert not User.objects.exists()


def test_a_forgotten_password_is_replaced_with_the_key_of_a_mail(api, person):
    assert post(api, "password/reset", email="ana@example.org").status_code == 202
    key = key_of(link_in(newest("ana@example.org")))
    assert post(api, "password/reset/confirm", key=key, password="short").json()["errors"][0]["field"] == "password"
    assert post(api, "password/reset/confirm", key=key, password=NEW).status_code == 204
    assert User.objects.get().check_password(NEW)
    again = post(api, "password/reset/confirm", key=key, password=OLD)
    assert (again.status_code, again.json()["errors"][0]["field"]) == (422, "key")


def test_asking_for_a_reset_is_answered_alike_for_everybody(api, person):
    known = post(api, "password/reset", email="ana@example.org")
    unknown = post(api, "password/reset", email="nobody@example.org")
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert len(mail.outbox) == 2


@pytest.mark.parametrize("key", ["", "x", "-", "a-b", "💥-💥", "0" * 200])
def test_nonsense_is_no_key(api, key):
    assert post(api, "password/reset/confirm", key=key, password=NEW).status_code == 422
    assert post(api, "register/confirm", key=key).status_code == 422


def test_a_password_is_changed_by_who_knows_the_one_before(own, person):
    refused = post(own, "password", current_password=NEW, password=NEW)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "current_password")
    assert post(own, "password", current_password=OLD, password=NEW).status_code == 204
    assert User.objects.get().check_password(NEW)
    assert newest("ana@example.org").subject == "Your password was changed"


def test_changing_it_by_a_session_keeps_that_session_and_ends_the_others(person):
    here, there = Client(), Client()
    enter(here, person)
    enter(there, person)
    body = {"current_password": OLD, "password": NEW}
    assert here.post(f"{AUTH}/password/", body, content_type="application/json").status_code == 204
    assert here.get("/account/sessions/").status_code == 200
    assert there.get("/account/sessions/").status_code == 302


def test_guessing_the_password_with_a_token_is_counted(own, person):
    guesses = [post(own, "password", current_password=f"wrong {n}", password=NEW).status_code for n in range(11)]
    assert guesses == [422] * 10 + [429]
    assert post(own, "email", email="new@example.org", current_password=OLD).status_code == 429


def test_a_new_address_waits_for_its_key(own, person):
    assert post(own, "email", email="new@example.org", current_password="wrong").status_code == 422
    assert post(own, "email", email="new@example.org", current_password=OLD).status_code == 202
    assert own.get(f"{AUTH}/email/").json() == {
        "email": "ana@example.org",
        "confirmed": True,
        "waiting": "new@example.org",
    }
    post(own, "register/confirm", key=key_of(link_in(newest("new@example.org"))))
    assert User.objects.get().email == "new@example.org"


def test_sessions_are_listed_and_ended(person):
    here, there = Client(), Client()
    for client in (here, there):
        client.post("/account/login/", {"login": person.email, "password": OLD})
    listed = here.get(f"{AUTH}/sessions/").json()
    assert sorted(one["current"] for one in listed) == [False, True]
    other = next(one["id"] for one in listed if not one["current"])
    assert here.delete(f"{AUTH}/sessions/{other}/").status_code == 204
    assert here.delete(f"{AUTH}/sessions/{other}/").status_code == 404
    assert there.get(f"{AUTH}/sessions/").status_code in {401, 403}
    assert here.delete(f"{AUTH}/sessions/").json() == {"ended": 0}


def test_sessions_of_others_are_not_there(own):
    stranger = make_user("other@example.org")
    Client().post("/account/login/", {"login": stranger.email, "password": OLD})
    (theirs,) = sessions.going_on(stranger)
    assert own.delete(f"{AUTH}/sessions/{theirs.id}/").status_code == 404
    assert len(sessions.going_on(stranger)) == 1


def test_the_second_factor_says_how_it_stands(client):
    enter(client, make_user("op@example.org", is_staff=True))
    assert client.get(f"{AUTH}/second-factor/").json() == {
        "on": True,
        "needed": True,
        "given": True,
        "app": True,
        "passkeys": 0,
        "recovery_codes_left": 0,
    }


@pytest.mark.parametrize("path", ["password", "email", "sessions", "sessions/abc", "second-factor"])
def test_what_is_ones_own_is_nobody_elses(api, path):
    for method in (api.get, api.post, api.delete):
        assert method(f"{AUTH}/{path}/").status_code in {401, 403, 405}
