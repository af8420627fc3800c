"""A person with a code generator, and what it shows."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from rest_framework.test import APIClient

from accounts.keys import signing
from tests.factories import make_user

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _no_key_of_another_test(db):
    signing.forget()
    cache.clear()
    yield
    signing.forget()


@pytest.fixture
def person(db):
    return make_user("ayu@example.org")


@pytest.fixture
def api():
    return APIClient()


@pytest.fixture
def codes(person):
    """What the person's code generator shows now; the code of the next half minute for a second use."""
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    first = int(time.time()) // 30
    return [format_hotp_value(hotp_value(secret, first + ahead)) for ahead in (0, 1)]


@pytest.fixture
def sign_in(api, person):
    """Ask for tokens; the answer."""

    def ask(**fields):
        body = {"email": person.email, "password": PASSWORD, **fields}
        return api.post("/api/v1/auth/token/", body, format="json")

    return ask
