"""Limits are counted by the address that our own proxies report, and by person: no caller resets them (42)."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from uuid import uuid4

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.handlers.asgi import ASGIRequest
from django.test import Client, RequestFactory

from config.home import BASE_DIR
from config.lib import limits
from config.lib.callers import client_address
from config.lib.local_limits import LocalCounts
from tests.factories import enter, make_api_key, make_station, make_user

LOGIN = "/account/login/"
RIGHT = "correct horse battery"
REAL, CLAIMED = "203.0.113.7", "198.51.100.9"


def wrong(client, **extra):
    return client.post(LOGIN, {"login": "ana@example.org", "password": "wrong horse battery"}, **extra).status_code


class TestTheTrustedAddress:
    @pytest.mark.parametrize(
        ("proxies", "forwarded", "found"),
        [
            (0, CLAIMED, REAL),
            (1, f"{CLAIMED}, 192.0.2.1", "192.0.2.1"),
            (1, "", REAL),
            (2, f"{CLAIMED}, 192.0.2.1, 192.0.2.2", "192.0.2.1"),
            (2, CLAIMED, REAL),
            (1, f"{CLAIMED}, nonsense", None),
        ],
    )
    def test_it_is_what_our_own_proxy_wrote(self, settings, proxies, forwarded, found):
        settings.TRUSTED_PROXIES = proxies
        request = RequestFactory().get("/", REMOTE_ADDR=REAL, HTTP_X_FORWARDED_FOR=forwarded)
        assert client_address(request) == found

    @pytest.mark.parametrize(
        ("name", "found"),
        [
            (b"x-forwarded-for", CLAIMED),
            (b"x_forwarded_for", REAL),
            (b"X_Forwarded_For", REAL),
            (b"x-forwarded_for", REAL),
        ],
    )
    def test_a_header_that_only_looks_like_it_is_none(self, settings, name, found):
        settings.TRUSTED_PROXIES = 1
        headers = [(name, CLAIMED.encode())]
        scope = {"type": "http", "method": "GET", "path": "/", "headers": headers, "client": (REAL, 1)}
        assert client_address(ASGIRequest(scope, BytesIO())) == found


@pytest.mark.django_db
class TestSpoofing:
    @pytest.mark.parametrize(
        "header", ["HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_CLIENT_IP", "HTTP_FORWARDED", "HTTP_TRUE_CLIENT_IP"]
    )
    def test_a_claimed_address_does_not_begin_anew(self, client, header):
        said = [wrong(client, **{header: f"198.51.100.{number}"}) for number in range(6)]
        assert said == [200] * 5 + [429]

    def test_behind_a_proxy_only_its_own_entry_counts(self, client, settings):
        settings.TRUSTED_PROXIES = 1
        said = [wrong(client, HTTP_X_FORWARDED_FOR=f"198.51.100.{n}, 192.0.2.1") for n in range(6)]
        assert said == [200] * 5 + [429]
        assert wrong(client, HTTP_X_FORWARDED_FOR="192.0.2.1, 192.0.2.2") == 200

    def test_a_household_with_ipv6_is_one_caller(self, client):
        said = [wrong(client, REMOTE_ADDR=f"2001:db8:1:2::{n:x}") for n in range(1, 7)]
        assert said == [200] * 5 + [429]


@pytest.mark.django_db
class TestApi:
    def test_strangers_are_limited_by_address_whatever_they_claim(self, client, settings):
        settings.LIMITS = {**settings.LIMITS, "api.address": (3, 60)}
        asked = [client.get("/api/v1/stations/", HTTP_X_FORWARDED_FOR=f"198.51.100.{n}") for n in range(4)]
        assert [answer.status_code for answer in asked] == [200] * 3 + [429]
        assert 1 <= int(asked[3]["Retry-After"]) <= 60

    def test_an_account_is_limited_wherever_it_calls_from(self, settings):
        settings.LIMITS = {**settings.LIMITS, "api.account": (3, 60)}
        person = make_user()
        browsers = [enter(Client(REMOTE_ADDR=f"203.0.113.{n}"), person) for n in range(4)]
        assert [browser.get("/api/v1/stations/").status_code for browser in browsers] == [200] * 3 + [429]

    def test_who_keeps_showing_keys_that_are_none_is_turned_away(self, client, settings):
        settings.LIMITS = {**settings.LIMITS, "refused.address": (3, 60)}
        _, text = make_api_key(make_user())
        said = [client.get("/api/v1/me/", HTTP_AUTHORIZATION=f"Token lw_{n}") for n in range(4)]
        assert [answer.status_code for answer in said] == [401] * 3 + [429]
        assert "Retry-After" in said[3]
        assert client.get("/api/v1/me/", HTTP_AUTHORIZATION=f"Token {text}").status_code == 429
        assert client.get("/api/v1/stations/").status_code == 200

    def test_a_webhook_with_wrong_secrets_is_held_back_and_the_right_one_passes(self, client, settings):
        settings.LIMITS = {**settings.LIMITS, "webhook.refused": (3, 60)}
        secret = "a-secret-of-the-radio-0123456789"
        station = make_station()
        station.set_webhook_secret(secret)
        station.save()

        def send(text):
            return client.post(
                "/webhook/azuracast/night-fm", {}, content_type="application/json", HTTP_X_WEBHOOK_SECRET=text
            )

        said = [send("wrong") for _ in range(4)]
        assert [answer.status_code for answer in said] == [401] * 3 + [429]
        assert "Retry-After" in said[3]
        assert send(secret).status_code not in {401, 429}


@pytest.mark.django_db
class TestSecondFactor:
    CODE = "/account/2fa/authenticate/"

    @pytest.fixture
    def halfway(self, client):
        """A browser whose password was right, and a recovery code."""
        person = make_user("ana@example.org")
        enter(Client(), person)
        codes = RecoveryCodes.activate(person)
        client.post(LOGIN, {"login": person.email, "password": RIGHT})
        return client, codes.get_unused_codes()[0]

    def test_after_five_wrong_codes_even_the_right_one_waits(self, halfway):
        browser, code = halfway
        said = [browser.post(self.CODE, {"code": "000000"}).status_code for _ in range(5)]
        assert said == [200] * 5
        assert browser.post(self.CODE, {"code": code}).status_code == 429
        assert "_auth_user_id" not in browser.session

    def test_it_is_counted_by_person_in_whichever_browser(self, halfway):
        for number in range(5):
            other = Client(REMOTE_ADDR=f"203.0.113.{number}")
            other.post(LOGIN, {"login": "ana@example.org", "password": RIGHT})
            other.post(self.CODE, {"code": "000000"})
        assert halfway[0].post(self.CODE, {"code": halfway[1]}).status_code == 429

    def test_a_right_one_begins_anew(self, halfway):
        browser, code = halfway
        for _ in range(4):
            browser.post(self.CODE, {"code": "000000"})
        assert browser.post(self.CODE, {"code": code}).status_code == 302
        assert limits.is_over("signin.second_factor", browser.session["_auth_user_id"], most=1, seconds=300).allowed


@pytest.mark.django_db
class TestRedis:
    def test_while_it_is_away_people_still_sign_in_and_guesses_are_fewer(self, client, settings, tmp_path, monkeypatch):
        monkeypatch.setattr(limits, "_local", LocalCounts())
        settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
        make_user("ana@example.org")
        assert client.post(LOGIN, {"login": "ana@example.org", "password": RIGHT}).status_code == 302
        other = Client()
        said = [wrong(other) for _ in range(3)]
        assert said == [200, 429, 429]

    def test_processes_count_together(self):
        key = uuid4().hex
        code = (
            "import sys, django; django.setup()\n"
            "from config.lib import limits; limits.PREFIX = sys.argv[1]\n"
            "print([limits.allow('test.shared', sys.argv[2], most=3, seconds=60).allowed for _ in range(2)])"
        )
        command = [sys.executable, "-c", code, limits.PREFIX, key]
        said = [subprocess.run(command, cwd=BASE_DIR, check=True, capture_output=True, text=True) for _ in range(2)]
        assert [one.stdout.splitlines()[-1] for one in said] == ["[True, True]", "[True, False]"]
        assert not limits.allow("test.shared", key, most=3, seconds=60).allowed
