"""Changing one's e-mail address: the new one takes the old one's place when it is confirmed."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress

from accounts.people.models import User
from accounts.signin.addresses import vouch_for_address
from config.installation import make_first_account
from tests.accounts.signin.mailbox import link_in, newest
from tests.factories import enter, make_user

pytestmark = pytest.mark.django_db
PAGE = "/account/email/"


@pytest.fixture
def person():
    return make_user("ana@example.org")


@pytest.fixture
def signed_in(client, person):
    return enter(client, person)


def test_the_old_one_stays_until_the_new_one_is_confirmed(signed_in):
    signed_in.post(PAGE, {"email": "new@example.org", "action_add": ""})
    assert User.objects.get().email == "ana@example.org"
    assert "takes its place" in signed_in.get(PAGE).content.decode()

    signed_in.post(link_in(newest("new@example.org")))
    assert User.objects.get().email == "new@example.org"
    assert [row.email for row in EmailAddress.objects.all()] == ["new@example.org"]
    assert "instead of ana@example.org" in newest("ana@example.org").body


def test_an_address_of_somebody_else_is_not_told_and_not_taken(signed_in):
    make_user("bo@example.org")
    answer = signed_in.post(PAGE, {"email": "bo@example.org", "action_add": ""})
    assert answer.status_code == 302
    signed_in.post(link_in(newest("bo@example.org")))
    assert sorted(User.objects.values_list("email", flat=True)) == ["ana@example.org", "bo@example.org"]


def test_the_change_can_be_given_up(signed_in):
    signed_in.post(PAGE, {"email": "new@example.org", "action_add": ""})
    link = link_in(newest("new@example.org"))
    signed_in.post(PAGE, {"email": "new@example.org", "action_remove": ""})
    assert "does not work any more" in signed_in.get(link).content.decode()


def test_it_is_asked_again_who_one_is_when_that_was_long_ago(client, person):
    enter(client, person)
    kept = client.session
    kept["account_authentication_methods"][0]["at"] -= 3600
    kept.save()
    answer = client.post(PAGE, {"email": "new@example.org", "action_add": ""})
    assert answer.headers["Location"].startswith("/account/reauthenticate/")
    assert EmailAddress.objects.count() == 1


def test_the_first_account_counts_as_confirmed():
    made = make_first_account()
    assert made is not None
    assert EmailAddress.objects.get(email=made["email"]).verified


def test_vouching_twice_is_vouching_once(person):
    person.email = "other@example.org"
    person.save()
    vouch_for_address(person=person)
    vouch_for_address(person=person)
    assert list(EmailAddress.objects.filter(primary=True).values_list("email", "verified")) == [
        ("other@example.org", True)
    ]
