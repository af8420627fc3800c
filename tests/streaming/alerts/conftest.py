"""Chat services and a mail server that speak as the real ones do."""

from __future__ import annotations

import pytest

from streaming.alerts import channels
from streaming.alerts.models import Alert, AlertChannel
from streaming.alerts.services import open_alert
from tests.fakes.chats import TOKEN, Chats, Mails
from tests.fakes.serving import serving


@pytest.fixture
def chats(settings):
    with serving(Chats()) as server:
        settings.TELEGRAM_URL = server.url
        yield server


@pytest.fixture
def mails(settings):
    with serving(Mails()) as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", server.port, False
        yield server


@pytest.fixture
def add(chats):
    """Adds a channel of a kind to the local services."""

    def added(kind: str, **fields) -> AlertChannel:
        given = {
            "discord": {"secret": chats.discord},
            "slack": {"secret": chats.slack},
            "telegram": {"secret": TOKEN, "recipient": "-1001234567890"},
            "email": {"recipient": "night@example.org"},
        }[kind]
        return channels.add_channel(**{"kind": kind, "name": kind, "least": "warning", **given, **fields})

    return added


@pytest.fixture
def wrong():
    """Opens an alert."""

    def opened(sentence="Nothing arrives at YouTube. Check the key.", **fields) -> Alert:
        given = {"kind": "destination-down", "subject": "destination:1", "severity": "error", **fields}
        return open_alert(sentence=sentence, **given)

    return opened
