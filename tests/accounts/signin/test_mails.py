"""Mails: written once, sent as text and HTML, through the worker where there is a server to wait for."""

from __future__ import annotations

import smtplib
from pathlib import Path

import pytest
from celery import current_app
from celery.exceptions import Retry
from django.core import mail as outbox
from kombu.exceptions import OperationalError

from accounts.signin import mails
from accounts.signin.tasks import mail as task

LINK = "https://radio.example.org/account/confirm-email/abc/"


def test_a_link_alone_becomes_a_button_and_words_are_escaped():
    mails.send(to="a@example.org", subject="Hello", text=f"Tom & <b>Jerry</b>\n\n{LINK}\n\nLater")
    page = str(outbox.outbox[0].alternatives[0][0])
    assert "Tom &amp; &lt;b&gt;Jerry&lt;/b&gt;" in page
    assert f'href="{LINK}"' in page
    assert outbox.outbox[0].body.count(LINK) == 1


def test_nothing_but_a_link_of_the_web_becomes_one():
    assert mails.paragraphs("javascript:alert(1)") == [{"text": "javascript:alert(1)"}]
    assert mails.paragraphs("see https://example.org now") == [{"text": "see https://example.org now"}]


def test_with_a_server_the_worker_gets_it_sealed(settings, monkeypatch):
    settings.EMAIL_HOST = "smtp.example.org"
    sent = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args: sent.append((name, args)))
    mails.send(to="a@example.org", subject="Hello", text=LINK)
    ((name, (sealed,)),) = sent
    assert name == task.name
    assert "example.org" not in sealed
    assert not outbox.outbox
    task.run(sealed)
    assert outbox.outbox[0].body == LINK


def test_without_the_queue_it_is_sent_at_once(settings, monkeypatch):
    settings.EMAIL_HOST = "smtp.example.org"

    def away(*_args, **_more):
        raise OperationalError("away")

    monkeypatch.setattr(current_app, "send_task", away)
    mails.send(to="a@example.org", subject="Hello", text="Hello")
    assert len(outbox.outbox) == 1


def test_a_server_that_refuses_is_tried_again(monkeypatch):
    def refuse(_mail):
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr(mails, "deliver", refuse)
    sealed = mails.sealed({"to": "a@example.org", "subject": "Hello", "text": "Hello"})
    with pytest.raises((Retry, smtplib.SMTPServerDisconnected)):
        task.apply(args=(sealed,), throw=True, retries=0)


def test_without_a_server_it_lies_in_the_home(settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    mails.send(to="a@example.org", subject="Hello", text=LINK)
    (kept,) = Path(settings.EMAIL_FILE_PATH).iterdir()
    assert LINK in kept.read_text()


def test_a_line_break_in_a_subject_sends_nothing():
    with pytest.raises(ValueError, match="newlines"):
        mails.send(to="a@example.org", subject="Hello\nBcc: all@example.org", text="Hello")
