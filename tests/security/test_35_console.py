"""Control 35: the console is out of reach without a second factor, for every role, on every page of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.urls import URLPattern, URLResolver

from accounts.people.models import User
from config.installation import make_first_account
from tests.factories import enter
from tests.security.cast import IN_CONSOLE, Cast

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ADMIN = "/admin/"
STAND_IN = "00000000-0000-0000-0000-000000000000"


def paths(patterns: list[URLPattern | URLResolver], start: str = ADMIN) -> Iterator[str]:
    """Yield an address for each pattern of the console, with a stand-in for what it asks for."""
    for pattern in patterns:
        here = start + "".join(STAND_IN if "<" in part else part for part in _parts(str(pattern.pattern)))
        if isinstance(pattern, URLResolver):
            yield from paths(pattern.url_patterns, here)
        else:
            yield here


def _parts(route: str) -> list[str]:
    return [part for piece in route.lstrip("^").rstrip("$").split("<") for part in _at_end(piece)]


def _at_end(piece: str) -> list[str]:
    name, end, rest = piece.partition(">")
    return ["<", rest] if end else [name]


@pytest.mark.parametrize("role", ["editor", "admin"])  # who may least there, and who may most
def test_a_password_alone_opens_no_page_of_it(client, cast: Cast, role: str):
    client.force_login(cast[role])
    for path in paths(admin.site.get_urls()):
        for method in (client.get, client.post):
            answer = method(path)
            assert answer.status_code == 302, path
            assert answer.headers["Location"].startswith("/account/"), path


@pytest.mark.parametrize("role", sorted(IN_CONSOLE))
def test_with_both_it_opens(client, cast: Cast, role: str):
    person = cast[role]
    assert person is not None
    assert enter(client, person).get(ADMIN).status_code == 200


def test_there_is_one_page_for_signing_in_and_it_is_not_the_consoles(client):
    assert client.get("/admin/login/?next=/admin/").headers["Location"] == "/account/login/?next=/admin/"
    assert client.post("/admin/login/", {"username": "a", "password": "b"}).status_code == 405


def test_there_is_no_account_that_everybody_knows(db):
    assert not User.objects.exists()
    passwords = {(make_first_account() or {})["password"], _again()["password"]}
    assert len(passwords) == 2
    assert min(len(password) for password in passwords) >= 20


def _again() -> dict[str, str]:
    User.objects.all().delete()
    return make_first_account() or {}


def test_the_first_account_is_led_to_a_second_factor_and_not_locked_out(client):
    made = make_first_account() or {}
    sent = client.post("/account/login/", {"login": made["email"], "password": made["password"]})
    assert sent.headers["Location"] == ADMIN
    page = client.get(ADMIN, follow=True)
    assert page.status_code == 200
    assert "Set up an app" in page.content.decode()
