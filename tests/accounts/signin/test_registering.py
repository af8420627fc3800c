"""Registration: an address is confirmed by a link before it lets anybody in."""

from __future__ import annotations

import pytest
from django.core import mail

from accounts.people.models import User
from tests.accounts.signin.mailbox import link_in, newest
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PASSWORD = "a long night at the dial"
FORM = {"email": "New@Example.org", "password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture(autouse=True)
def _at_home(settings):
    settings.SITE_URL = "https://radio.example.org"


def sign_in(client, email="new@example.org", password=PASSWORD):
    return client.post("/account/login/", {"login": email, "password": password})


def test_an_address_is_confirmed_before_it_lets_in(client):
    sent = client.post("/account/signup/", FORM)
    assert sent.headers["Location"] == "/account/confirm-email/"
    assert sign_in(client).headers["Location"] == "/account/confirm-email/"
    assert "_auth_user_id" not in client.session

    link = link_in(newest("new@example.org"))
    assert "Is <strong>new@example.org</strong> yours?" in client.get(link).content.decode()
    client.post(link)
    assert sign_in(client).headers["Location"] == "/account/"
    assert client.session["_auth_user_id"] == str(User.objects.get().pk)


def test_looking_at_the_link_confirms_nothing(client):
    """Mail scanners follow links."""
    client.post("/account/signup/", FORM)
    client.get(link_in(newest("new@example.org")))
    assert sign_in(client).headers["Location"] == "/account/confirm-email/"


def test_who_registers_is_a_listener_and_no_more(client):
    client.post("/account/signup/", {**FORM, "is_staff": "1", "is_superuser": "1", "groups": "1"})
    person = User.objects.get()
    assert (person.email, person.is_staff, person.is_superuser) == ("new@example.org", False, False)
    assert [group.name for group in person.groups.all()] == ["user"]


def test_a_known_address_gets_the_same_answer_and_its_owner_a_mail(client):
    make_user("new@example.org")
    sent = client.post("/account/signup/", FORM)
    assert sent.headers["Location"] == "/account/confirm-email/"
    assert User.objects.count() == 1
    assert "There is one already" in newest("new@example.org").body
    assert User.objects.get().check_password("correct horse battery")


def test_with_registration_closed_nobody_registers(client, settings):
    settings.REGISTRATION = False
    assert "Ask whoever runs the station" in client.get("/account/signup/").content.decode()
    client.post("/account/signup/", FORM)
    assert not User.objects.exists()


def test_a_mail_says_the_same_in_text_and_in_our_look(client):
    client.post("/account/signup/", FORM)
    message = newest("new@example.org")
    page, kind = message.alternatives[0]
    assert kind == "text/html"
    assert message.subject == "Confirm your e-mail address"
    assert message.body.startswith("Welcome to Longwave.")
    assert page.count("https://radio.example.org/account/confirm-email/") == 2
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"password1": "short", "password2": "short"}, "password1"),
        ({"password1": "passwordpassword", "password2": "passwordpassword1"}, "password2"),
    ],
)
def test_a_wrong_field_is_named_and_nobody_is_made(client, sent, field):
    page = client.post("/account/signup/", {**FORM, **sent})
    assert page.context["form"].errors[field]
    assert f'id="id_{field}_error"' in page.content.decode()
    assert not User.objects.exists()
