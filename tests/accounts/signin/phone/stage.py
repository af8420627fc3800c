"""A sender of text messages, people with phones, and what they do in a browser."""

from __future__ import annotations

import pytest

from config.celery import app
from tests.factories import make_user
from tests.fakes.msg91 import KEY, TEMPLATE, Msg91
from tests.fakes.serving import serving

ANA, NOBODY = "+628123456789", "+628123456780"
SIGN_IN, CODE = "/account/phone/", "/account/phone/code/"
API, TOKEN = "/api/v1/auth/phone/", "/api/v1/auth/phone/token/"


@pytest.fixture
def msg91(settings, monkeypatch):
    """MSG91, and a worker that does what is queued at once."""
    monkeypatch.setattr(app.conf, "task_always_eager", True)
    with serving(Msg91()) as server:
        settings.SMS_PROVIDER = "msg91"
        settings.MSG91_URL, settings.MSG91_AUTH_KEY, settings.MSG91_TEMPLATE_ID = server.url, KEY, TEMPLATE
        settings.MSG91_SENDER = ""
        yield server


@pytest.fixture
def ana(db):
    return make_user("ana@example.org", phone=ANA)


@pytest.fixture
def no_waiting(settings):
    """Without the half minute between two messages."""
    settings.LIMITS = {**settings.LIMITS, "phone.number_at_once": (100, 30)}


def other_code(code):
    """A code of the same shape that is wrong."""
    return f"{(int(code) + 1) % 10**6:06d}"


def ask(client, phone=ANA, **extra):
    return client.post(API, {"phone": phone}, content_type="application/json", **extra)


def show(client, asked, code, **fields):
    sent = {"challenge": asked["challenge"], "binding": asked["binding"], "code": code, **fields}
    return client.post(TOKEN, sent, content_type="application/json")
