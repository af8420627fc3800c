"""A second factor: wanted from staff before the console opens, set up on a page, asked for at every sign-in."""

from __future__ import annotations

import json

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from accounts.audit.models import SecurityEvent
from tests.accounts.signin.app import code_of, secret_of, set_up
from tests.accounts.signin.mailbox import newest
from tests.factories import enter, make_station, make_user

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
WANTED = "/account/2fa/wanted/?next=%2Fadmin%2F"


@pytest.fixture
def operator_person():
    return make_user("op@example.org", is_staff=True, is_superuser=True)


def sign_in(client, person, **more):
    return client.post("/account/login/", {"login": person.email, "password": PASSWORD, **more})


def give(client, code):
    return client.post("/account/2fa/authenticate/", {"code": code})


@pytest.mark.django_db(transaction=True)  # it counts when it is committed
def test_staff_set_one_up_on_a_page_and_then_the_console_opens(client, operator_person):
    assert sign_in(client, operator_person).headers["Location"] == "/admin/"
    assert client.get("/admin/").headers["Location"] == WANTED
    assert "One step before the console opens" in client.get(WANTED).content.decode()

    page = client.get("/account/2fa/totp/activate/")
    client.post("/account/2fa/totp/activate/", {"code": code_of(page.context["form"].secret)})
    assert client.get("/admin/").status_code == 200
    assert newest("op@example.org").subject == "A second factor was set up"
    kinds = set(SecurityEvent.objects.values_list("kind", flat=True))
    assert {"sign_in", "second_factor_added", "recovery_codes_made"} <= kinds


def test_who_has_one_is_asked_for_it_at_the_next_sign_in(client, operator_person):
    secret = set_up(operator_person)
    assert sign_in(client, operator_person).headers["Location"] == "/account/2fa/authenticate/"
    assert "_auth_user_id" not in client.session
    assert give(client, "000000").status_code == 200
    assert "_auth_user_id" not in client.session
    assert give(client, code_of(secret)).headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_code_is_good_for_one_use(client, operator_person):
    secret = set_up(operator_person)
    code = code_of(secret)
    sign_in(client, operator_person)
    give(client, code)
    client.post("/account/logout/")
    sign_in(client, operator_person)
    assert give(client, code).status_code == 200
    assert "_auth_user_id" not in client.session
    assert give(client, code_of(secret, steps=1)).status_code == 302


def test_a_code_of_before_the_last_one_is_not_good_either(client, operator_person):
    secret = set_up(operator_person)
    sign_in(client, operator_person)
    give(client, code_of(secret, steps=1))
    client.post("/account/logout/")
    sign_in(client, operator_person)
    assert give(client, code_of(secret)).status_code == 200


def test_a_recovery_code_lets_in_once(client, operator_person):
    sign_in(client, operator_person)
    page = client.get("/account/2fa/totp/activate/")
    client.post("/account/2fa/totp/activate/", {"code": code_of(page.context["form"].secret)})
    code = client.get("/account/2fa/recovery-codes/").context["unused_codes"][0]
    client.post("/account/logout/")
    for lets_in in (True, False):
        sign_in(client, operator_person)
        assert (give(client, code).status_code == 302) is lets_in
        client.post("/account/logout/")


def test_recovery_codes_are_shown_once(client, operator_person):
    sign_in(client, operator_person)
    page = client.get("/account/2fa/totp/activate/")
    client.post("/account/2fa/totp/activate/", {"code": code_of(page.context["form"].secret)})
    codes = client.get("/account/2fa/recovery-codes/").context["unused_codes"]
    again = client.get("/account/2fa/recovery-codes/").content.decode()
    assert len(codes) == 10
    assert not [code for code in codes if code in again]
    assert client.get("/account/2fa/recovery-codes/download/").status_code == 403


def test_a_session_from_before_is_asked_for_the_new_one(client, operator_person):
    sign_in(client, operator_person)
    secret = set_up(operator_person)
    assert client.get(WANTED).headers["Location"] == "/account/2fa/reauthenticate/?next=/admin/"
    client.post("/account/2fa/reauthenticate/", {"code": code_of(secret), "next": "/admin/"})
    assert client.get("/admin/").status_code == 200


def test_removing_it_shuts_the_console(client, operator_person):
    enter(client, operator_person)
    assert client.get("/admin/").status_code == 200
    client.post("/account/2fa/totp/deactivate/")
    assert not Authenticator.objects.exists()
    assert client.get("/admin/").headers["Location"] == WANTED


def test_a_secret_lies_sealed_in_the_database(operator_person):
    secret = set_up(operator_person)
    row = Authenticator.objects.get()
    assert secret not in json.dumps(row.data)
    assert row.data["secret"].startswith("sealed:")
    assert secret_of(operator_person) == secret


def test_a_listener_without_one_is_let_into_the_account_and_told_whom_the_console_is_for(client):
    person = make_user()
    assert sign_in(client, person).headers["Location"] == "/account/"
    refused = client.get("/admin/", follow=True)
    assert refused.status_code == 403
    assert "this account may not use it" in refused.content.decode()


def test_without_it_a_staff_session_is_nobody_in_the_api(client, operator_person):
    make_station("night-fm")
    sign_in(client, operator_person)
    changed = client.patch("/api/v1/stations/night-fm/", {"name": "Eve"}, content_type="application/json")
    assert changed.status_code in {401, 403}
    assert client.get("/account/").status_code == 200


@pytest.mark.parametrize("path", ["/admin/accounts/user/", "/admin/jsi18n/", "/admin/logout/"])
def test_no_page_of_the_console_is_left_out(client, operator_person, path):
    sign_in(client, operator_person)
    answer = client.get(path)
    assert answer.headers["Location"].startswith(reverse("second_factor"))


def test_another_persons_proof_is_worth_nothing(client, operator_person):
    other = make_user("other@example.org", is_staff=True)
    set_up(operator_person)
    set_up(other)
    client.force_login(operator_person)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 0}]
    session["account_authentication_methods_user"] = str(other.pk)
    session.save()
    assert client.get("/admin/").headers["Location"] == WANTED
