"""People by hand and by script."""

from __future__ import annotations

import io
import json

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.people.models import User
from accounts.people.roles import role_of
from tests.factories import enter, make_user

pytestmark = pytest.mark.django_db


def person_(*words, typed=None, monkeypatch=None):
    out = io.StringIO()
    if typed is not None:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    call_command("person", *words, stdout=out)
    return out.getvalue()


def test_somebody_is_added_with_a_password_that_no_command_line_shows(monkeypatch):
    words = ("add", "Ayu@Example.org", "--role", "manager", "--password-stdin")
    said = person_(*words, typed="a long night at the dial\n", monkeypatch=monkeypatch)
    person = User.objects.get()
    assert person.check_password("a long night at the dial")
    assert role_of(person).value == "manager"
    assert said == "Added ayu@example.org as manager.\n"


def test_without_a_password_the_next_step_is_said():
    assert "ask for a link" in person_("add", "ayu@example.org", "--no-password")
    assert not User.objects.get().has_usable_password()


@pytest.mark.parametrize(("typed", "because"), [("short\n", "12 characters"), ("password1234\n", "too common")])
def test_a_weak_password_adds_nobody(monkeypatch, typed, because):
    with pytest.raises(CommandError, match=because) as caught:
        person_("add", "ayu@example.org", "--password-stdin", typed=typed, monkeypatch=monkeypatch)
    assert caught.value.returncode == 1
    assert not User.objects.exists()


def test_a_script_that_gives_no_password_is_told_how(monkeypatch):
    with pytest.raises(CommandError, match="--password-stdin"):
        person_("add", "ayu@example.org", typed="", monkeypatch=monkeypatch)


def test_an_address_that_is_taken_is_one_sentence(person):
    with pytest.raises(CommandError, match="exists already") as caught:
        person_("add", "AYU@example.org", "--no-password")
    assert caught.value.returncode == 1


def test_roles_accounts_and_their_end(person):
    make_user("boss@example.org", is_superuser=True)
    assert person_("role", "ayu@example.org", "admin") == "ayu@example.org is admin now.\n"
    person_("close", "ayu@example.org")
    listed = {row["email"]: row for row in json.loads(person_("list", "--json"))}
    assert listed["ayu@example.org"]["role"] == "admin"
    assert listed["ayu@example.org"]["open"] is False
    person_("open", "ayu@example.org")
    assert "open" in person_("list")
    assert "gone-" in person_("delete", "ayu@example.org", "--yes")
    assert not User.objects.filter(email="ayu@example.org").exists()


@pytest.mark.parametrize("words", [("role", "boss@example.org", "user"), ("close", "boss@example.org")])
def test_the_last_administrator_stays(words):
    make_user("boss@example.org", is_superuser=True)
    with pytest.raises(CommandError, match="last administrator"):
        person_(*words)


def test_who_lost_the_second_factor_may_set_up_another(client, person):
    assert enter(client, person).get("/account/sessions/").status_code == 200
    call_command("person", "forget-factor", person.email)
    assert not Authenticator.objects.exists()
    assert client.get("/account/sessions/").status_code == 302
    with pytest.raises(CommandError, match="has none"):
        call_command("person", "forget-factor", person.email)


def test_nobody_by_that_address_is_exit_code_4():
    with pytest.raises(CommandError, match="Nobody has the address") as caught:
        person_("role", "nobody@example.org", "admin")
    assert caught.value.returncode == 4
