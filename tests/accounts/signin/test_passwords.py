"""Passwords: how they are kept, forgotten and changed."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core import mail
from django.test import Client

from accounts.audit.models import SecurityEvent
from accounts.people.models import User
from tests.accounts.signin.mailbox import link_in, newest
from tests.factories import make_user

pytestmark = pytest.mark.django_db
OLD, NEW = "correct horse battery", "quite another long one"
KEPT_AS = "argon2$argon2id$v=19$m=65536,t=3,p=4$"


@pytest.fixture
def person():
    return make_user("ana@example.org")


def sign_in(client, password=OLD):
    return client.post("/account/login/", {"login": "ana@example.org", "password": password})


def ask(client, address="ana@example.org", **extra):
    return client.post("/account/password/reset/", {"email": address}, **extra)


def test_one_is_kept_as_argon2id_of_64_mebibytes(person):
    assert person.password.startswith(KEPT_AS)


@pytest.mark.parametrize("kept", ["pbkdf2", "argon2$argon2id$v=19$m=102400,t=2,p=8"])
def test_one_kept_in_another_way_is_kept_anew_at_sign_in(client, person, kept):
    before = PBKDF2PasswordHasher().encode(OLD, "salt" * 6) if kept == "pbkdf2" else weaker()
    assert before.startswith(kept)
    User.objects.filter(pk=person.pk).update(password=before)
    sign_in(client, "wrong password here")
    assert User.objects.get().password == before
    sign_in(client)
    assert User.objects.get().password.startswith(KEPT_AS)


def weaker() -> str:
    from django.contrib.auth.hashers import Argon2PasswordHasher

    return Argon2PasswordHasher().encode(OLD, "salt" * 6)


def test_a_forgotten_one_is_replaced_by_a_link_that_works_once(client, person):
    ask(client)
    link = link_in(newest("ana@example.org"))
    form = client.get(link).headers["Location"]
    assert link.rpartition("-")[2] not in form
    client.post(form, {"password1": NEW, "password2": NEW})
    assert User.objects.get().check_password(NEW)
    assert newest("ana@example.org").subject == "Your password was changed"
    assert "does not work any more" in Client().get(link, follow=True).content.decode()


def test_a_new_password_by_link_ends_every_session(client, person):
    sign_in(client)
    other = Client()
    ask(other)
    form = other.get(link_in(newest("ana@example.org"))).headers["Location"]
    other.post(form, {"password1": NEW, "password2": NEW})
    assert client.get("/account/sessions/").status_code == 302
    assert "_auth_user_id" not in other.session


def test_a_link_is_good_for_an_hour(client, person, monkeypatch):
    ask(client)
    link = link_in(newest("ana@example.org"))
    from datetime import datetime, timedelta

    from django.contrib.auth.tokens import PasswordResetTokenGenerator

    monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda _: datetime.now() + timedelta(seconds=3700))  # noqa: DTZ005 - as Django's own
    assert "does not work any more" in client.get(link).content.decode()


def test_an_address_that_nobody_has_gets_the_same_answer_and_a_mail(client, person):
    known, unknown = ask(client), ask(client, "nobody@example.org")
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert "No account has it" in newest("nobody@example.org").body
    assert "password/reset/key" not in newest("nobody@example.org").body
    assert len(mail.outbox) == 2


def test_a_closed_account_cannot_be_opened_by_a_link(client, person):
    User.objects.update(is_active=False)
    ask(client)
    assert "password/reset/key" not in newest("ana@example.org").body


def test_a_wrong_password_and_an_unknown_address_are_told_alike(client, person):
    wrong = sign_in(client, "wrong password here").context["form"].non_field_errors()
    nobody = client.post("/account/login/", {"login": "nobody@example.org", "password": OLD})
    assert wrong == nobody.context["form"].non_field_errors()
    assert SecurityEvent.objects.filter(kind="sign_in", outcome="refused").count() == 2


def test_the_password_itself_is_nowhere_written_down(client, person, caplog):
    sign_in(client, "wrong password here")
    written = [str(row.__dict__) for row in SecurityEvent.objects.all()]
    assert written
    assert not [text for text in [*written, caplog.text] if "wrong password here" in text]


def test_changing_one_needs_the_one_before(client, person):
    sign_in(client)
    refused = client.post("/account/password/change/", {"oldpassword": NEW, "password1": NEW, "password2": NEW})
    assert refused.context["form"].errors["oldpassword"] == ["This is not the password you have now."]
    client.post("/account/password/change/", {"oldpassword": OLD, "password1": NEW, "password2": NEW})
    assert User.objects.get().check_password(NEW)
    assert newest("ana@example.org").subject == "Your password was changed"
