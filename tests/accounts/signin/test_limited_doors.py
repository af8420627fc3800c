"""Doors of accounts are counted, and say when to come back."""

from __future__ import annotations

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.audit.models import SecurityEvent
from accounts.signin import doors
from tests.factories import make_user

pytestmark = pytest.mark.django_db
RIGHT, WRONG = "correct horse battery", "wrong horse battery"
LOGIN = "/account/login/"


def sign_in(client, password=WRONG, login="ana@example.org", **extra):
    return client.post(LOGIN, {"login": login, "password": password}, **extra)


def test_after_too_many_wrong_passwords_even_the_right_one_waits(client):
    make_user("ana@example.org")
    for _ in range(5):
        assert sign_in(client).status_code == 200
    answer = sign_in(client, RIGHT)
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 300
    assert "Try again in" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_login_that_nobody_has_is_locked_the_same_way(client):
    said = [sign_in(client, login="nobody@example.org").status_code for _ in range(6)]
    assert said == [200] * 5 + [429]


def test_a_login_is_the_same_in_any_case(client):
    for login in ("ana@example.org", "ANA@example.org", " Ana@Example.org", "ana@EXAMPLE.org", "aNa@example.org"):
        sign_in(client, login=login)
    assert sign_in(client).status_code == 429


def test_somebody_elsewhere_still_comes_in(client):
    make_user("ana@example.org")
    for _ in range(6):
        sign_in(client)
    assert sign_in(client, RIGHT, REMOTE_ADDR="203.0.113.9").status_code == 302


def test_a_right_password_begins_anew(client):
    make_user("ana@example.org")
    for _ in range(3):
        for _ in range(4):
            sign_in(client)
        assert sign_in(client, RIGHT).status_code == 302
        client.post("/account/logout/")


def test_one_address_cannot_try_many_logins(client):
    said = [sign_in(client, login=f"{n}@example.org").status_code for n in range(31)]
    assert said == [200] * 30 + [429]


def test_a_lock_is_written_down_once_and_without_a_password(client):
    for _ in range(8):
        sign_in(client)
    event = SecurityEvent.objects.get(kind="locked_out")
    assert event.outcome == "refused"
    assert event.who == "ana@example.org"
    assert event.ip == "127.0.0.1"
    assert "horse" not in str(event.detail)


def test_the_api_is_told_as_a_problem_document(client, settings):
    settings.LIMITS = {**settings.LIMITS, "account.address": (1, 60)}
    client.post(LOGIN, {})
    assert client.post(LOGIN, {}).headers["Content-Type"].startswith("text/html")
    answer = client.post("/api/v1/auth/token/", {}, content_type="application/json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (429, "application/problem+json")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert answer.json()["title"] == "Too many tries"


def test_letters_to_one_address_are_counted_whoever_asks(client):
    asked = [
        client.post("/account/password/reset/", {"email": "ana@example.org"}, REMOTE_ADDR=f"203.0.113.{n}").status_code
        for n in range(6)
    ]
    assert asked == [302] * 5 + [429]


def test_reading_is_not_counted(client, settings):
    settings.LIMITS = {**settings.LIMITS, "account.address": (1, 60)}
    assert [client.get(LOGIN).status_code for _ in range(3)] == [200] * 3


# Doors below the rooms for which the general limit is enough: they read, or what they take cannot be guessed, or
# they count by themselves (passwords in PasswordBackend, codes in the phone's services, deletion in its own).
GENERAL = {
    *("account-delete", "account-export", "account-home", "account-key-replace", "account-key-revoke", "account-keys"),
    *("account-picture", "account-picture-remove", "account-program-end", "account_email_verification_sent"),
    *("account_inactive", "account_login", "account_logout", "account_reset_password_done", "account_set_password"),
    *("account_reset_password_from_key_done", "auth-phone", "auth-phone-number-code", "auth-phone-token"),
    *("auth-second-factor", "auth-session", "auth-sessions", "key-set", "login", "me", "me-avatar", "me-export"),
    *("mfa_add_webauthn", "mfa_deactivate_totp", "mfa_download_recovery_codes", "mfa_edit_webauthn", "mfa_index"),
    *("mfa_generate_recovery_codes", "mfa_list_webauthn", "mfa_remove_webauthn", "mfa_view_recovery_codes"),
    *("phone-code", "phone-number-code", "phone-number-removed", "phone-sign-in", "second_factor", "ticket", "token"),
    *("token-end", "token-family-detail", "token-family-list", "token-refresh", "usersessions_list"),
}


def test_of_every_door_below_the_rooms_it_is_decided_how_close_it_is_held():
    below = {
        name
        for path, name in _names(get_resolver().url_patterns)
        if name and path.replace("^", "").startswith(doors.ROOMS)
    }
    assert below - doors.STRICTER.keys() - GENERAL == set(), "Name it in STRICTER, or here when nothing can be guessed."
    assert GENERAL - below == set()


def _names(patterns, prefix=""):
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _names(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield f"/{path}", pattern.name


def test_every_door_that_is_held_closer_exists_and_lies_below_the_rooms_that_are_counted():
    places = {name: path for path, name in _names(get_resolver().url_patterns)}
    for name in doors.STRICTER:
        assert places[name].startswith(doors.ROOMS), name
