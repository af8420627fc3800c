"""The worker's part: a code comes sealed, is sent once, and old ones are forgotten."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.signin.models import PhoneChallenge
from accounts.signin.phone import old, providers, tasks, terminal
from config.lib import vault
from tests.accounts.signin.phone.stage import ANA, ask

pytestmark = pytest.mark.django_db
CODE = "482913"


def challenge(person=None, **fields):
    now = timezone.now()
    fields = {"created_at": now, "expires_at": now + timedelta(minutes=10), **fields}
    return PhoneChallenge.objects.create(phone=ANA, person=person, code_hash="", bound_to="", **fields)


def sealed(row, code=CODE):
    return base64.b64encode(vault.seal(code, purpose=tasks.purpose(row.pk))).decode()


def test_a_code_is_sent_once(msg91, ana):
    row = challenge(ana)
    for _ in range(2):
        tasks.send_code.apply(args=(str(row.pk), sealed(row)), throw=True)
    assert [message.otp for message in msg91.messages] == [CODE]
    row.refresh_from_db()
    assert row.sent


def test_to_a_number_that_nobody_has_nothing_is_sent(msg91):
    row = challenge()
    tasks.send_code.apply(args=(str(row.pk), sealed(row)), throw=True)
    assert not msg91.messages


def test_a_code_sealed_for_another_challenge_is_not_sent(msg91, ana):
    row, other = challenge(ana), challenge(ana)
    with pytest.raises(vault.SealBrokenError):
        tasks.send_code.apply(args=(str(row.pk), sealed(other)), throw=True)
    assert not msg91.messages


def test_a_sender_that_is_away_for_a_moment_is_asked_again(msg91, ana):
    row = challenge(ana)
    msg91.answers.extend([(503, b""), (503, b"")])
    tasks.send_code.apply(args=(str(row.pk), sealed(row)))
    assert len(msg91.messages) == 1


def test_a_sender_that_refuses_is_not_asked_again(msg91, ana, caplog):
    row = challenge(ana)
    msg91.answers.append((200, {"type": "error", "message": "Template ID Missing"}))
    tasks.send_code.apply(args=(str(row.pk), sealed(row)), throw=True)
    assert len(msg91.paths) == 1
    assert "Template ID Missing" in caplog.text


def test_codes_that_ended_a_day_ago_are_forgotten(monkeypatch):
    monkeypatch.setattr(old, "BATCH", 2)
    now = timezone.now()
    for hours in (25, 26, 27, 23, -1):
        challenge(expires_at=now - timedelta(hours=hours))
    assert old.forget() == 3
    assert PhoneChallenge.objects.count() == 2


def test_for_development_a_code_goes_to_a_file_that_only_its_owner_reads(client, settings, tmp_path, ana, msg91):
    settings.SMS_PROVIDER, settings.LONGWAVE_HOME = "console", tmp_path
    assert ask(client).status_code == 202
    file = tmp_path / terminal.FILE
    assert ANA in file.read_text(encoding="utf-8")
    assert file.stat().st_mode & 0o777 == 0o600
    assert not msg91.messages


def test_for_development_a_code_is_printed_where_there_is_a_terminal(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    providers.PROVIDERS["console"](phone=ANA, code=CODE, minutes=10)
    assert CODE in capsys.readouterr().out
