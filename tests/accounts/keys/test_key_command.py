"""Keys of machines by hand and by script."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.keys import api_keys
from accounts.keys.models import ApiKey, SigningKey
from tests.factories import make_api_key, make_station, make_user


@pytest.fixture
def owner(db):
    return make_user("owner@example.org", is_superuser=True)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("key", *arguments, stdout=out)
    return out.getvalue()


def text_in(out: str) -> str:
    return out.splitlines()[0].rsplit(" ", 1)[1]


def test_a_key_is_made_and_told_this_once(owner):
    station = make_station()
    out = run("add", "OWNER@example.org", "--name", "Studio", "--station", "night-fm", "--days", "90")
    key = api_keys.find(text_in(out))
    assert key is not None
    assert (key.person, key.actions, key.stations) == (owner, ["read"], [station.pk])
    assert text_in(out) not in run("list")
    assert key.prefix in run("list")


def test_scripts_get_a_list_as_json(owner):
    key, _ = make_api_key(owner)
    assert [row["prefix"] for row in json.loads(run("list", "--json"))] == [key.prefix]


def test_a_key_is_replaced_and_revoked_by_its_beginning(owner):
    key, _ = make_api_key(owner)
    made = api_keys.find(text_in(run("rotate", key.prefix, "--overlap-hours", "2")))
    assert made is not None
    assert api_keys.holds(made)
    run("revoke", made.prefix)
    assert not api_keys.holds(ApiKey.objects.get(pk=made.pk))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("add", "nobody@example.org", "--name", "A"), 4),
        (("add", "owner@example.org", "--name", "A", "--may", "everything"), 1),
        (("add", "owner@example.org", "--name", "A", "--station", "nowhere"), 1),
        (("revoke", "lw_nothing"), 4),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_an_exit_code(owner, arguments, code):
    with pytest.raises(CommandError) as refused:
        run(*arguments)
    assert refused.value.returncode == code
    assert not ApiKey.objects.exists()


def test_tokens_are_signed_anew_on_demand(owner):
    run("sign-anew")
    run("sign-anew")
    assert SigningKey.objects.count() == 2
    assert "every program signs in again" in run("sign-anew", "--distrust")
    assert SigningKey.objects.count() == 1
